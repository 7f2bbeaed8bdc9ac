"""Quick answers: kept, changed, deleted, put into a message; each person's are their own (R-OFR-1)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from inbox.errors import TooManyAnswers
from inbox.limits import ANSWERS_LIMIT, BODY_LIMIT, TITLE_LIMIT
from inbox.models import Message, QuickAnswer
from inbox.services import delete_answer, save_answer
from marketplace.kernel.errors import ManyInvalid, Unknown
from tests.factories.inbox import make_answer, make_conversation

LIST = reverse("inbox:answers")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_r_ofr_1_a_quick_answer_is_kept_changed_and_deleted_by_its_owner(seller: User) -> None:
    client = as_(seller)
    assert client.post(LIST, {"title": "  In  May ", "text": " Dear {name} "})["Location"] == LIST
    kept = QuickAnswer.objects.get()
    assert (kept.owner, kept.title, kept.text) == (seller, "In May", "Dear {name}")
    assert "In May" in client.get(LIST).text
    one = reverse("inbox:answer", args=[kept.public_id])
    assert "Dear {name}" in client.get(one).text
    client.post(one, {"title": "in may", "text": "Hello {name}"})
    kept.refresh_from_db()
    assert (kept.title, kept.text) == ("in may", "Hello {name}")
    client.post(reverse("inbox:delete_answer", args=[kept.public_id]))
    assert not QuickAnswer.objects.exists()


@pytest.mark.parametrize(
    ("title", "text", "codes"),
    [
        ("", "", ["answer_needs_title", "answer_needs_text"]),
        ("x" * TITLE_LIMIT, "y" * BODY_LIMIT, []),
        ("x" * (TITLE_LIMIT + 1), "y" * (BODY_LIMIT + 1), ["answer_too_long", "answer_too_long"]),
        ("THANKS", "again", ["title_taken"]),
    ],
)
def test_limits_of_a_quick_answer(seller: User, title: str, text: str, codes: list[str]) -> None:
    make_answer(seller, "Thanks")
    if not codes:
        assert save_answer(owner=seller, title=title, text=text).pk
        assert as_(seller).post(LIST, {"title": title.replace("x", "z"), "text": text}).status_code == 302
        return
    with pytest.raises(ManyInvalid) as refusal:
        save_answer(owner=seller, title=title, text=text)
    assert [error.code for error in refusal.value.errors] == codes
    refused = as_(seller).post(LIST, {"title": title, "text": text})
    assert refused.status_code == 422
    assert QuickAnswer.objects.count() == 1


def test_fifty_are_kept_and_one_more_is_refused(seller: User, buyer: User) -> None:
    for number in range(ANSWERS_LIMIT):
        make_answer(seller, f"Answer {number}")
    with pytest.raises(TooManyAnswers):
        make_answer(seller, "One more")
    assert "You can keep 50 quick answers" in as_(seller).post(LIST, {"title": "One more", "text": "x"}).text
    save_answer(owner=seller, title="Answer 0", text="new", answer=QuickAnswer.objects.get(title="Answer 0"))
    assert make_answer(buyer, "Answer 0").pk


def test_r_ofr_1_nobody_elses_are_seen_changed_or_used(seller: User, buyer: User, stranger: User) -> None:
    kept = make_answer(seller)
    conversation = make_conversation(buyer, seller)
    for other in (buyer, stranger):
        client = as_(other)
        assert kept.title not in client.get(LIST).text.partition("Your quick answers")[2].partition("Write one")[0]
        one = reverse("inbox:answer", args=[kept.public_id])
        assert client.get(one).status_code == client.post(one, {"title": "x", "text": "x"}).status_code == 404
        assert client.post(reverse("inbox:delete_answer", args=[kept.public_id])).status_code == 404
        with pytest.raises(Unknown):
            save_answer(owner=other, title="x", text="x", answer=kept)
        with pytest.raises(Unknown):
            delete_answer(owner=other, answer=kept)
    insert = {"body": "", "insert": "1", "answer": kept.public_id}
    assert as_(buyer).post(conversation.get_absolute_url(), insert).status_code == 404
    kept.refresh_from_db()
    assert kept.text == "Thank you, {name}!"


def test_r_ofr_1_inserting_gives_the_words_back_with_the_name_and_sends_nothing(seller: User, buyer: User) -> None:
    kept, conversation = make_answer(seller), make_conversation(buyer, seller)
    client, page = as_(seller), conversation.get_absolute_url()
    whole = client.post(page, {"body": "Hello.", "insert": "1", "answer": kept.public_id})
    assert whole.status_code == 200
    assert "Hello.\n\nThank you, Bruno!</textarea>" in whole.text
    assert "<html" in whole.text
    part = client.post(page, {"body": "", "insert": "1", "answer": kept.public_id}, headers={"HX-Request": "true"})
    assert part.text.strip().startswith("{#") is False
    assert "<form" not in part.text
    assert ">\nThank you, Bruno!</textarea>" in part.text
    assert not Message.objects.exists()
    assert f'<option value="{kept.public_id}">Thanks</option>' in client.get(page).text
