"""The pages of the inbox, with and without JavaScript."""

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from inbox.limits import BODY_LIMIT
from inbox.models import Conversation, Message, Participant
from marketplace.web.errors import FileTooLarge
from marketplace.web.markdown import plain
from milestones.enums import PackageTier
from notifications.models import Notification
from tests.factories.accounts import make_seller
from tests.factories.gigs import make_draft, make_gig
from tests.factories.inbox import make_conversation, say, text_file

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_visitors_are_asked_to_sign_in(client: Client, conversation: Conversation) -> None:
    for path in (reverse("inbox:list"), conversation.get_absolute_url()):
        response = client.get(path)
        assert response.status_code == 302
        assert reverse("account_login") in response["Location"]


def test_r_ofr_1_strangers_get_404_everywhere(conversation: Conversation, buyer: User, stranger: User) -> None:
    file = say(conversation, buyer, files=[text_file()]).attachments.get()
    outside = as_(stranger)
    for path in (
        conversation.get_absolute_url(),
        reverse("inbox:news", args=[conversation.public_id]),
        reverse("inbox:attachment", args=[file.public_id]),
        reverse("inbox:start", args=["usr_nobody"]),
    ):
        assert outside.get(path).status_code == 404
    assert outside.post(conversation.get_absolute_url(), {"body": "Hi"}).status_code == 404
    assert Message.objects.count() == 1


def test_writing_without_javascript_leads_back_to_the_latest(conversation: Conversation, buyer: User) -> None:
    response = as_(buyer).post(conversation.get_absolute_url(), {"body": "Hello", "attachments": text_file()})
    assert response.status_code == 302
    assert response["Location"] == conversation.latest_url
    message = Message.objects.get()
    assert (message.body, message.attachments.get().name) == ("Hello", "notes.txt")


def test_an_empty_message_is_refused_beside_the_field(conversation: Conversation, buyer: User) -> None:
    response = as_(buyer).post(conversation.get_absolute_url(), {"body": "  "})
    assert response.status_code == 422
    assert "Write something or choose a file" in response.content.decode()


@pytest.mark.parametrize("words", ["x" * BODY_LIMIT, "\r\n".join(["x" * 99] * 49 + ["x" * 100])], ids=["line", "lines"])
def test_r_ofr_1_the_page_sends_the_longest_message_and_refuses_one_more(
    words: str, conversation: Conversation, buyer: User
) -> None:
    """A line ends in one character, as the page counts it, though browsers send two."""
    writer, page = as_(buyer), conversation.get_absolute_url()
    refused = writer.post(page, {"body": words + "x"}, headers=HTMX)
    sentence = "That is longer than a message can be (5000 characters). Send the rest as a file or a second message."
    assert (refused.status_code, refused.context["form"].errors) == (422, {"body": [sentence]})
    assert not Message.objects.exists()
    assert writer.post(page, {"body": words}).status_code == 302
    assert len(Message.objects.get().body) == BODY_LIMIT == 5000


def test_r_ofr_1_the_page_sends_ten_files_and_refuses_eleven(conversation: Conversation, buyer: User) -> None:
    def send(count: int) -> Any:
        files = [text_file(f"{number}.txt") for number in range(count)]
        return as_(buyer).post(conversation.get_absolute_url(), {"body": "", "attachments": files}, headers=HTMX)

    refused = send(11)
    sentence = "Up to 10 files go with one message. Send the others with the next."
    assert (refused.status_code, refused.context["form"].errors) == (422, {"attachments": [sentence]})
    assert not Message.objects.exists()
    assert send(10).status_code == 200
    assert Message.objects.get().attachments.count() == 10


def test_r_ofr_1_a_file_of_the_most_bytes_is_sent_and_one_more_byte_is_not(
    conversation: Conversation, buyer: User, settings: LazySettings
) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    page, writer = conversation.get_absolute_url(), as_(buyer)
    refused = writer.post(page, {"attachments": text_file(content=b"x" * 1001)}, headers=HTMX)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["attachments"])
    with pytest.raises(FileTooLarge) as refusal:
        say(conversation, buyer, files=[text_file(content=b"x" * 1001)])
    assert refused.context["form"].errors["attachments"] == [refusal.value.message]
    assert not Message.objects.exists()
    assert writer.post(page, {"attachments": text_file(content=b"x" * 1000)}).status_code == 302
    assert say(conversation, buyer, files=[text_file(content=b"x" * 1000)]).attachments.get().size == 1000


def test_what_was_typed_stays_when_a_file_is_refused(conversation: Conversation, buyer: User) -> None:
    data = {"body": "Look at this", "attachments": ContentFile(b"", name="nothing.txt")}
    response = as_(buyer).post(conversation.get_absolute_url(), data, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert "Look at this" in response.content.decode()
    assert not Message.objects.exists()


def test_writing_with_htmx_brings_the_message_an_empty_form_and_the_next_poller(
    conversation: Conversation, buyer: User
) -> None:
    data = {"body": "Hello", "after": "0"}
    response = as_(buyer).post(conversation.get_absolute_url(), data, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'hx-swap-oob="beforeend:#thread"' in page
    assert "Hello" in page
    assert "?after=1" in page
    assert "</textarea>" in page
    assert "Hello</textarea>" not in page


def test_reading_the_page_marks_it_read(conversation: Conversation, buyer: User, seller: User) -> None:
    say(conversation, buyer, "Hello")
    as_(seller).get(conversation.get_absolute_url())
    assert Participant.objects.get(user=seller).read_version == 1


def test_news_answer_304_until_there_are_any(conversation: Conversation, buyer: User, seller: User) -> None:
    say(conversation, buyer, "Hello")
    reader, path = as_(seller), reverse("inbox:news", args=[conversation.public_id])
    tag = reader.get(path, {"after": "0"})["ETag"]
    nothing = reader.get(path, {"after": "1"}, headers={"If-None-Match": tag})
    assert (nothing.status_code, nothing.content, nothing["HX-Reswap"]) == (304, b"", "none")
    say(conversation, buyer, "Anyone there?")
    something = reader.get(path, {"after": "1"}, headers={"If-None-Match": tag})
    assert something.status_code == 200
    page = something.content.decode()
    assert "Anyone there?" in page
    assert ">Hello<" not in page
    assert something["Cache-Control"] == "private, no-cache"


def test_the_poller_of_the_page_carries_the_tag_that_answers_304(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, buyer, "Hello")
    reader = as_(seller)
    page = reader.get(conversation.get_absolute_url()).content.decode()
    found = re.search(r'"If-None-Match": "(\\"[\d.]+\\")"', page)
    assert found
    path = reverse("inbox:news", args=[conversation.public_id])
    tag = found[1].replace("\\", "")
    assert reader.get(path, {"after": "1"}, headers={"If-None-Match": tag}).status_code == 304


def test_the_first_message_begins_the_conversation_and_looking_does_not(buyer: User, seller: User) -> None:
    path, writer = reverse("inbox:start", args=[seller.public_id]), as_(buyer)
    assert writer.get(path).status_code == 200
    assert not Conversation.objects.exists()
    response = writer.post(path, {"body": "Do you have time in May?"})
    begun = Conversation.objects.get()
    assert response["Location"] == begun.latest_url
    assert writer.get(path)["Location"] == begun.latest_url


def test_r_ofr_1_a_question_from_a_gigs_page_carries_the_gig(buyer: User, seller: User, settings: LazySettings) -> None:
    gig, writer = make_gig(seller), as_(buyer)
    asked = f"{reverse('inbox:start', args=[seller.public_id])}?gig={gig.public_id}"
    assert f'href="{asked}"' in writer.get(gig.get_absolute_url()).text
    page = writer.get(asked).text
    assert f'About <a href="{gig.get_absolute_url()}"><b>{gig.title}</b></a>' in page
    assert f'name="about" value="{gig.public_id}"' in page

    writer.post(asked, {"body": "Is it quick?", "about": gig.public_id})
    link = f"{settings.SITE_URL}{gig.get_absolute_url()}"
    assert Message.objects.get().body == f"Is it quick?\n\nAbout [{gig.title}]({link})"
    shown = as_(seller).get(Conversation.objects.get().get_absolute_url()).text
    assert re.search(rf'About <a href="{link}"[^>]*>{gig.title}</a></p>', shown)
    told = Notification.objects.get(recipient=seller, kind="message_received")
    assert told.data["excerpt"] == f"Is it quick? About {gig.title}"

    again = writer.get(asked, follow=True)
    assert again.redirect_chain[0][0] == f"{Conversation.objects.get().get_absolute_url()}?gig={gig.public_id}#latest"
    assert f'name="about" value="{gig.public_id}"' in again.text


def test_r_ofr_1_a_question_keeps_the_package_that_was_looked_at(
    buyer: User, seller: User, settings: LazySettings
) -> None:
    title = "I will build [your] app_one, a * of apps"
    gig = make_gig(seller, title=title, prices={PackageTier.BASIC: 26_000, PackageTier.STANDARD: 40_000})
    about, writer = f"{gig.public_id}:standard", as_(buyer)
    asked = f"{reverse('inbox:start', args=[seller.public_id])}?gig={about}"
    assert f'href="{asked}"' in writer.get(gig.get_absolute_url(), {"package": "standard"}).text
    writer.post(asked, {"body": "Is it quick?", "about": about})
    link = f"{settings.SITE_URL}{gig.get_absolute_url()}?package=standard"
    shown = as_(seller).get(Conversation.objects.get().get_absolute_url()).text
    assert re.search(rf'About <a href="{re.escape(link)}"[^>]*>{re.escape(title)}, Standard</a></p>', shown)
    assert plain(Message.objects.get().body) == f"Is it quick? About {title}, Standard"
    writer.post(asked, {"body": "And Premium?", "about": f"{gig.public_id}:premium"})  # which it has not
    assert Message.objects.latest("pk").body.endswith(f"({settings.SITE_URL}{gig.get_absolute_url()})")


@pytest.mark.parametrize("whose", ["draft", "of another", "made up"])
def test_r_gig_2_a_message_is_about_nothing_that_its_reader_doesnt_sell(buyer: User, seller: User, whose: str) -> None:
    other = {"draft": make_draft(seller).public_id, "of another": make_gig(make_seller("Jun Ito")).public_id}
    about = other.get(whose, "gig_nothing")
    path, writer = reverse("inbox:start", args=[seller.public_id]), as_(buyer)
    assert 'name="about"' not in writer.get(path, {"gig": about}).text
    writer.post(path, {"body": "Hello", "about": about})
    assert Message.objects.get().body == "Hello"


def test_what_a_message_is_about_is_no_message_and_stays_when_it_is_refused(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    gig = make_gig(seller)
    empty = {"body": " ", "about": gig.public_id}
    response = as_(buyer).post(conversation.get_absolute_url(), empty, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert f'name="about" value="{gig.public_id}"' in response.text


def test_beside_a_conversation_that_begins_the_list_is_empty_and_not_read(buyer: User, seller: User) -> None:
    page = as_(buyer).get(reverse("inbox:start", args=[seller.public_id])).text
    assert "Your conversations will stand here." in page
    assert "You have read everything" not in page


def test_r_ofr_1_ones_own_page_has_no_conversation(seller: User) -> None:
    response = as_(seller).get(reverse("inbox:start", args=[seller.public_id]))
    assert response.status_code == 409
    assert "A conversation needs two people" in response.content.decode()


def test_a_file_comes_as_an_attachment_that_can_do_nothing(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    evil = text_file("page.html", b"<script>alert(1)</script>")
    file = say(conversation, buyer, files=[evil]).attachments.get()
    response = as_(seller).get(reverse("inbox:attachment", args=[file.public_id]))
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="page.html"'
    assert response["Content-Type"] == "application/octet-stream"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.getvalue() == b"<script>alert(1)</script>"
    response.close()


def test_what_people_write_is_never_markup(conversation: Conversation, buyer: User, seller: User) -> None:
    say(conversation, buyer, "<script>alert(1)</script> see https://example.com")
    page = as_(seller).get(conversation.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert 'href="https://example.com" rel="nofollow ugc noopener"' in page


def test_the_list_says_what_to_do_when_it_is_empty(buyer: User) -> None:
    assert "No conversations yet" in as_(buyer).get(reverse("inbox:list")).content.decode()
