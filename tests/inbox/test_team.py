"""A manager answers for the seller, under their own name; nobody else of the team reads a word (R-OFR-1)."""

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from accounts.models import TeamMember, User
from accounts.services.team import remove_member
from inbox import selectors
from inbox.actors import side_of
from inbox.enums import ReportReason
from inbox.models import Block, Message, Report
from inbox.services import mark_read, report_conversation, send_message
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown
from notifications.models import Notification
from offers.models import Offer
from tests.factories.accounts import make_seller
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation, say, text_file
from tests.factories.orders import without_file
from tests.factories.team import make_contributor, make_manager, make_member

pytestmark = pytest.mark.django_db


def test_r_ofr_1_a_manager_answers_and_the_buyer_sees_for_whom(client: Client, seller: User, buyer: User) -> None:
    mila, talk = make_manager(seller), make_conversation(seller, buyer)
    say(talk, buyer, "Can you start on Monday?")
    client.force_login(mila)
    page = reverse("inbox:conversation", args=[talk.public_id])
    assert "start on Monday" in client.get(page).content.decode()
    assert client.post(page, {"body": "Yes, we can."}).status_code == 302

    message = Message.objects.latest("pk")
    assert (message.author, message.on_behalf_of, message.side_id) == (mila, seller, seller.pk)
    client.force_login(buyer)
    assert "Mila for Selma" in client.get(page).content.decode()
    told = Notification.objects.get(recipient=buyer, kind="message_received")
    assert told.data["author"] == "Mila for Selma"
    assert not Notification.objects.filter(recipient=seller, data__author="Mila for Selma").exists()


def test_what_a_buyer_writes_is_told_to_managers_too(seller: User, buyer: User) -> None:
    mila, cleo = make_manager(seller), make_contributor(seller)
    say(make_conversation(seller, buyer), buyer, "Hello?")
    told = Notification.objects.filter(kind="message_received")
    assert {notice.recipient for notice in told} == {seller, mila}
    assert cleo not in {notice.recipient for notice in told}


def test_what_the_team_has_said_or_read_is_unread_for_none_of_it(seller: User, buyer: User) -> None:
    mila, talk = make_manager(seller), make_conversation(seller, buyer)
    say(talk, buyer, "Hello?")
    assert selectors.unread_conversations(seller) == 1
    say(talk, mila, "Hello!")
    assert selectors.conversations_of(seller).get().unread == 1
    assert selectors.conversations_of(buyer).get().unread == 1
    entries = selectors.thread_page(conversation=talk, viewer=seller).entries
    assert [entry.mine for entry in entries] == [False, True]


def test_others_of_the_team_and_who_was_removed_read_and_write_nothing(
    client: Client, seller: User, buyer: User
) -> None:
    talk, gone = make_conversation(seller, buyer), make_manager(seller, "Greta Gone")
    file = say(talk, buyer, "Look", files=[text_file()]).attachments.get()
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=gone).public_id, now=clock.now())
    page, news = (reverse(f"inbox:{name}", args=[talk.public_id]) for name in ("conversation", "news"))
    for person in (gone, make_contributor(seller)):
        with pytest.raises(Unknown):
            send_message(conversation=talk, author=person, body="Mine", now=clock.now())
        with pytest.raises(Http404):
            selectors.conversation_as(user=person, public_id=talk.public_id)
        with pytest.raises(Unknown):
            mark_read(conversation=talk, reader=person, now=clock.now())
        with pytest.raises(Unknown):
            report_conversation(
                conversation=talk, reporter=person, reason=ReportReason.SPAM, words="x", now=clock.now()
            )
        client.force_login(person)
        for address in (page, news, reverse("inbox:attachment", args=[file.public_id])):
            assert without_file(client.get(address)).status_code == 404
        assert client.post(page, {"body": "Mine"}).status_code == 404


def test_a_manager_gets_files_and_news_but_blocks_and_reports_nobody(client: Client, seller: User, buyer: User) -> None:
    talk = make_conversation(seller, buyer)
    file = say(talk, buyer, "Look", files=[text_file()]).attachments.get()
    mila = make_manager(seller)
    client.force_login(mila)
    assert without_file(client.get(reverse("inbox:attachment", args=[file.public_id]))).status_code == 200
    assert client.get(reverse("inbox:news", args=[talk.public_id])).status_code == 200
    page = client.get(reverse("inbox:conversation", args=[talk.public_id])).content.decode()
    assert "Report to support" not in page
    assert "Ask for an offer" not in page
    for name in ("block", "report"):
        path = reverse(f"inbox:{name}", args=[talk.public_id])
        typed = {"message": "", "reason": "spam", "words": "x"}
        assert (client.get(path).status_code, client.post(path, typed).status_code) == (404, 404)
    with pytest.raises(Unknown):
        report_conversation(conversation=talk, reporter=mila, reason=ReportReason.SPAM, words="x", now=clock.now())
    assert not Block.objects.exists()
    assert not Report.objects.exists()


def test_one_speaks_for_oneself_where_one_is_one_of_the_two(seller: User, buyer: User) -> None:
    mila = make_manager(seller)
    assert side_of(make_conversation(seller, mila), mila) == mila
    other = make_member(make_seller("Otto Other"), user=mila).seller
    with pytest.raises(Unknown):
        side_of(make_conversation(seller, other), mila)


def test_the_list_and_the_badge_are_of_whom_one_works_for(client: Client, seller: User, buyer: User) -> None:
    talk = make_conversation(seller, buyer)
    say(talk, buyer, "Hello Selma")
    client.force_login(make_manager(seller))
    inbox = reverse("inbox:list")
    assert "Bruno" not in client.get(inbox).content.decode()
    client.post(reverse("accounts:work_for"), {"seller": seller.public_id})
    shown = client.get(inbox)
    assert "Bruno" in shown.content.decode()
    assert int(str(shown.context["unread_messages"])) == 1


def test_a_manager_makes_the_sellers_offer_on_the_page(client: Client, seller: User, buyer: User) -> None:
    gig, talk, mila = make_gig(seller), make_conversation(seller, buyer), make_manager(seller)
    say(talk, buyer, "What would it cost?")
    client.force_login(mila)
    page = reverse("offers:compose", args=[talk.public_id])
    assert client.get(page).status_code == 200
    typed = {"action": "save", "title": "A film", "gig": gig.public_id, "order_type": "milestones"}
    assert client.post(page, typed).status_code == 302
    offer = Offer.objects.get()
    assert (offer.seller, offer.buyer) == (seller, buyer)
    edit = reverse("offers:edit", args=[offer.public_id])
    assert client.get(edit).status_code == 200
    client.force_login(make_contributor(seller))
    assert client.get(page).status_code == 404
    assert client.get(edit).status_code == 404
