"""An open page asks whether anything is new: one small query while nothing is, all of it when it is (R-OFR-1)."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from inbox.models import Conversation
from tests.factories.accounts import make_user
from tests.factories.inbox import make_conversation, say

HTMX = {"HX-Request": "true"}
LIST_NEWS = reverse("inbox:list_news")


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    begun = make_conversation(buyer, seller)
    say(begun, buyer, "Hello")
    return begun


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def tag_in(page: str) -> str:
    found = re.search(r'"If-None-Match": "(\\"[\d.]+\\")"', page)
    assert found
    return found[1].replace("\\", "")


def own_queries(captured: CaptureQueriesContext) -> list[str]:
    """All but the two that know who asks: the session and the person."""
    known = ("django_session", 'FROM "accounts_user" WHERE "accounts_user"."id"')
    return [query["sql"] for query in captured.captured_queries if not any(part in query["sql"] for part in known)]


def test_r_ofr_1_while_nothing_is_new_it_takes_one_query_and_no_body_at_one_and_at_many(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    reader, path = as_(seller), reverse("inbox:news", args=[conversation.public_id])
    for _ in range(2):
        thread = tag_in(reader.get(conversation.get_absolute_url()).text)
        inbox = tag_in(reader.get(reverse("inbox:list")).text)
        for address, tag in ((path, thread), (LIST_NEWS, inbox)):
            with CaptureQueriesContext(connection) as captured:
                answer = reader.get(address, headers={"If-None-Match": tag, **HTMX})
            assert (answer.status_code, answer.content, answer["HX-Reswap"]) == (304, b"", "none")
            assert len(own_queries(captured)) == 1
            assert len(captured) == 3
        for name in ("Ada One", "Bea Two"):
            say(make_conversation(seller, make_user(name)), seller)
            say(conversation, buyer, "More")


def test_r_ofr_1_the_list_and_the_badge_follow_what_is_said_elsewhere(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    reader = as_(seller)
    reader.get(conversation.get_absolute_url())
    inbox = tag_in(reader.get(reverse("inbox:list")).text)
    thread = tag_in(reader.get(conversation.get_absolute_url()).text)
    ada = make_user("Ada One")
    say(make_conversation(seller, ada), ada, "Are you there?")
    for address, tag in ((LIST_NEWS, inbox), (reverse("inbox:news", args=[conversation.public_id]), thread)):
        answer = reader.get(address, {"after": "1"}, headers={"If-None-Match": tag, **HTMX})
        assert answer.status_code == 200
        assert 'id="lines" hx-swap-oob="true"' in answer.text
        assert "Are you there?" in answer.text
        assert re.search(r'id="unread-messages" hx-swap-oob="true"><span class="dotn">1<', answer.text)
        assert answer["ETag"] == tag_in(answer.text)


def test_r_ofr_1_news_read_out_what_the_other_said_and_not_ones_own(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, seller, "My own")
    say(conversation, buyer, "Anyone there?")
    path = reverse("inbox:news", args=[conversation.public_id])
    page = as_(seller).get(path, {"after": "1"}, headers=HTMX).text
    heard = page.partition("innerHTML:#heard")[2].partition("</div>")[0]
    assert "Bruno: Anyone there?" in heard
    assert "My own" not in heard


def test_r_ofr_1_news_of_a_filtered_list_keep_the_filter(conversation: Conversation, seller: User) -> None:
    ada = make_user("Ada Read")
    say(make_conversation(seller, ada), seller, "Hello Ada")
    page = as_(seller).get(LIST_NEWS, {"show": "unread"}, headers=HTMX).text
    assert "Bruno Buyer" in page
    assert "Ada Read" not in page
    assert f'hx-get="{LIST_NEWS}?show=unread"' in page


def test_r_ofr_1_a_page_whose_session_has_ended_is_told_so_quietly(conversation: Conversation) -> None:
    for path in (LIST_NEWS, reverse("inbox:news", args=[conversation.public_id])):
        assert Client().get(path, headers=HTMX).status_code == 401
        assert Client().get(path).status_code == 302


def test_r_ofr_1_words_sent_after_the_session_has_ended_are_there_again_after_signing_in(
    conversation: Conversation, buyer: User
) -> None:
    page, client = conversation.get_absolute_url(), Client()
    for headers in ({}, HTMX):
        answer = client.post(page, {"body": "A long thought"}, headers=headers)
        assert reverse("account_login") in (answer.headers.get("Location") or answer.headers["HX-Redirect"])
    client.force_login(buyer)
    assert "A long thought</textarea>" in client.get(page).text
    assert client.post(page, {"body": "A long thought"}).status_code == 302
    assert "A long thought</textarea>" not in client.get(page).text


def test_r_ofr_1_a_preview_shows_ones_words_as_they_will_look(buyer: User) -> None:
    path = reverse("inbox:preview")
    shown = as_(buyer).post(path, {"body": "**Yes** <script>alert(1)</script>"}, headers=HTMX).text
    assert "<strong>Yes</strong> &lt;script&gt;" in shown
    assert "Write something first" in as_(buyer).post(path, {"body": " "}, headers=HTMX).text
    assert as_(buyer).get(path).status_code == 405
