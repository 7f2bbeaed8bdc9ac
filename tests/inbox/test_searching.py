"""Search in one's own conversations forgives typing errors, shows the line and opens there (R-OFR-1)."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from inbox.enums import Filter
from inbox.limits import FOUND_PAGE
from inbox.models import Conversation
from inbox.selectors import list_lines, search_inbox
from inbox.services import post_card
from tests.factories.accounts import make_user
from tests.factories.inbox import fill, make_conversation, say

LIST = reverse("inbox:list")


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def found(viewer: User, words: str) -> list[str]:
    return [hit.message.body for hit in search_inbox(viewer=viewer, words=words).hits]


@pytest.mark.parametrize(
    ("words", "bodies"),
    [
        ("walnut", ["A walnut handle", "Walnut, then."]),
        ("WALNUT handle", ["A walnut handle"]),
        ("waln", ["A walnut handle", "Walnut, then."]),
        ("wallnut", ["A walnut handle", "Walnut, then."]),
        ("hadnle", []),
        ("handel", ["A walnut handle"]),
        ("oak", []),
        ("", []),
        ("'; drop table -- & | ! :*", []),
        ("!!!", []),
    ],
)
def test_r_ofr_1_search_finds_words_beginnings_and_typing_errors(
    conversation: Conversation, buyer: User, seller: User, words: str, bodies: list[str]
) -> None:
    say(conversation, buyer, "A walnut handle")
    say(conversation, seller, "Walnut, then.")
    say(conversation, seller, "Something else")
    assert sorted(found(buyer, words)) == sorted(bodies)


def test_r_ofr_1_search_looks_only_where_one_is(
    conversation: Conversation, buyer: User, seller: User, stranger: User
) -> None:
    say(conversation, buyer, "A walnut handle")
    say(make_conversation(seller, stranger), stranger, "My walnut, my secret")
    assert found(buyer, "walnut") == ["A walnut handle"]
    assert found(buyer, "secert") == []
    assert len(found(seller, "walnut")) == 2
    outside = as_(stranger).get(LIST, {"q": "handle"}).text
    assert "A walnut handle" not in outside
    assert "Nothing found" in outside


def test_r_ofr_1_the_line_is_shown_with_the_words_marked_and_opens_there(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, buyer, f"{'Once upon a time. ' * 20}The <b>walnut</b> handle. {'And so on. ' * 40}")
    (hit,) = search_inbox(viewer=seller, words="walnut").hits
    assert [piece.text for piece in hit.pieces if piece.found] == ["walnut"]
    shown = "".join(piece.text for piece in hit.pieces)
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 200
    page = as_(seller).get(LIST, {"q": "walnut"}).text
    assert "&lt;b&gt;<mark>walnut</mark>&lt;/b&gt;" in page
    assert f'href="{conversation.get_absolute_url()}?at=1#m1"' in page


def test_r_ofr_1_a_similar_word_is_marked_and_said_to_be_similar(conversation: Conversation, buyer: User) -> None:
    say(conversation, buyer, "A walnut handle")
    result = search_inbox(viewer=buyer, words="wallnut")
    assert result.alike
    assert [piece.text for piece in result.hits[0].pieces if piece.found] == ["walnut"]
    assert "Nothing has these very words" in as_(buyer).get(LIST, {"q": "wallnut"}).text


@pytest.mark.parametrize("words", ["Selma", "sel", "Selmma", "seller"])
def test_r_ofr_1_people_are_found_by_name(conversation: Conversation, buyer: User, seller: User, words: str) -> None:
    say(conversation, buyer, "Hello")
    say(make_conversation(buyer, make_user("Ada Lind")), buyer, "Hello")
    assert [line.other for line in search_inbox(viewer=buyer, words=words).people] == [seller]


def test_r_ofr_1_a_line_deep_in_a_long_thread_opens_with_what_is_around_it(
    conversation: Conversation, buyer: User, seller: User, now: datetime
) -> None:
    fill(conversation, buyer, 150, now=now)
    client, page = as_(seller), conversation.get_absolute_url()
    text = client.get(page, {"at": "40"}).text
    assert 'id="m40"' in text
    assert 'id="m11"' in text
    assert 'id="m70"' in text
    assert 'id="m71"' not in text
    assert "Back to the newest messages" in text
    assert 'id="poller"' not in text
    near = client.get(page, {"at": "149"}).text
    assert 'id="m150"' in near
    assert 'id="poller"' in near
    assert 'id="m150"' in client.get(page, {"at": "9999"}).text


def test_r_ofr_1_earlier_messages_come_by_the_page_and_in_place(
    conversation: Conversation, buyer: User, seller: User, now: datetime
) -> None:
    fill(conversation, buyer, 150, now=now)
    client, page = as_(seller), conversation.get_absolute_url()
    assert f'href="{page}?before=91"' in client.get(page).text
    whole = client.get(page, {"before": "91"}).text
    assert 'id="m31"' in whole
    assert 'id="m90"' in whole
    assert 'id="m91"' not in whole
    assert "Back to the newest messages" in whole
    part = client.get(page, {"before": "31"}, headers={"HX-Request": "true"}).text
    assert 'hx-swap-oob="afterbegin:#thread"' in part
    assert "<html" not in part
    assert "Earlier messages" not in part
    assert 'id="m1"' in part


def test_search_takes_the_same_queries_at_one_and_at_many(conversation: Conversation, buyer: User) -> None:
    say(conversation, buyer, "A walnut handle")
    counts = []
    for _ in range(2):
        for words in ("walnut", "wallnut"):
            with CaptureQueriesContext(connection) as captured:
                search_inbox(viewer=buyer, words=words)
            counts.append(len(captured))
        for name in ("Ada One", "Bea Two", "Cleo Three"):
            say(make_conversation(buyer, make_user(name)), buyer, "More walnut")
    assert counts == [3, 3, 3, 3]


def test_a_search_shows_the_newest_forty_and_says_so(conversation: Conversation, buyer: User, now: datetime) -> None:
    for number in range(FOUND_PAGE + 1):
        say(conversation, buyer, f"Walnut {number}", now=now + timedelta(minutes=number))
    result = search_inbox(viewer=buyer, words="walnut")
    assert (len(result.hits), result.more) == (FOUND_PAGE, True)
    assert result.hits[0].message.body == f"Walnut {FOUND_PAGE}"


def test_r_ofr_1_the_list_can_leave_out_what_is_read_and_what_has_no_offer(
    buyer: User, seller: User, now: datetime
) -> None:
    ada, bea, cleo = make_user("Ada Read"), make_user("Bea Unread"), make_user("Cleo Offer")
    say(make_conversation(seller, ada), seller, now=now)
    say(make_conversation(seller, bea), bea, now=now)
    post_card(
        conversation=make_conversation(seller, cleo), author=seller, kind="offer", reference="o", summary="x", now=now
    )
    shown = {show: [line.other for line in list_lines(viewer=seller, shown=show).lines] for show in Filter}
    assert shown == {Filter.ALL: [cleo, bea, ada], Filter.UNREAD: [bea], Filter.OFFERS: [cleo]}
    client = as_(seller)
    assert "Ada Read" not in client.get(LIST, {"show": "unread"}).text
    assert "Ada Read" in client.get(LIST, {"show": "nonsense"}).text
    assert "You have read everything" in as_(bea).get(LIST, {"show": "unread"}).text


def test_r_ofr_1_pages_of_conversations_skip_nothing_when_one_moves_up(seller: User, now: datetime) -> None:
    others = [make_user(f"Person {number}") for number in range(5)]
    for number, other in enumerate(others):
        say(make_conversation(seller, other), other, now=now + timedelta(minutes=number // 2))
    first = list_lines(viewer=seller, limit=2)
    assert [line.other for line in first.lines] == [others[4], others[3]]
    say(make_conversation(seller, others[0]), others[0], now=now + timedelta(hours=1))
    second = list_lines(viewer=seller, limit=2, older=first.older)
    assert [line.other for line in second.lines] == [others[2], others[1]]
    assert second.older == ""
    assert list_lines(viewer=seller, limit=9, older="nonsense").older == ""
    assert len(list_lines(viewer=seller, limit=9, older="99999999999999999-1").lines) == 5


def test_the_page_leads_to_earlier_conversations(seller: User, now: datetime) -> None:
    for number in range(31):
        other = make_user(f"Person {number}")
        say(make_conversation(seller, other), other, now=now + timedelta(minutes=number))
    client = as_(seller)
    page = client.get(LIST)
    older = list_lines(viewer=seller).older
    assert f'href="{LIST}?older={older}"' in page.text
    rest = client.get(LIST, {"older": older}).text
    assert "Person 0<" in rest
    assert "Earlier conversations" not in rest
    assert 'id="poller"' not in rest
