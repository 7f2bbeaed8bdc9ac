"""Nobody writes at a machine's pace: the limit counts everywhere together, and says when to go on (R-OFR-1)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from inbox.errors import TooFast
from inbox.limits import MESSAGES_AT_ONCE, MESSAGES_WITHIN
from inbox.models import Message
from marketplace.kernel import clock
from tests.factories.accounts import make_user
from tests.factories.inbox import make_conversation, say


def fill(author: User, others: list[User], now: datetime, count: int = MESSAGES_AT_ONCE) -> None:
    """One message a second, in turn to each of `others`, the last one at `now`."""
    for number in range(count):
        conversation = make_conversation(author, others[number % len(others)], now=now)
        say(conversation, author, now=now - timedelta(seconds=count - 1 - number))


def test_r_ofr_1_thirty_messages_within_a_minute_go_and_one_more_waits(
    buyer: User, seller: User, now: datetime
) -> None:
    fill(buyer, [seller, make_user("Cleo Other")], now)
    with pytest.raises(TooFast) as refusal:
        say(make_conversation(buyer, seller), buyer, now=now)
    oldest = now - timedelta(seconds=MESSAGES_AT_ONCE - 1)
    assert refusal.value.wait == (oldest + MESSAGES_WITHIN - now).total_seconds() == 31
    assert refusal.value.message == "That is 30 messages within a minute. You can go on in 31 seconds."
    assert say(make_conversation(buyer, seller), seller, now=now).pk
    with pytest.raises(TooFast):
        say(make_conversation(buyer, seller), buyer, now=now + timedelta(seconds=30, milliseconds=999))
    assert say(make_conversation(buyer, seller), buyer, now=now + timedelta(seconds=31)).pk


def test_r_ofr_1_pages_and_programs_have_the_same_limit_and_words_are_kept(buyer: User, seller: User) -> None:
    fill(buyer, [seller], clock.now())
    conversation, client = make_conversation(buyer, seller), Client()
    client.force_login(buyer)
    page = client.post(conversation.get_absolute_url(), {"body": "One more"}, headers={"HX-Request": "true"})
    assert page.status_code == 422
    assert "You can go on in" in page.text
    assert "One more" in page.text
    path = f"/api/v1/conversations/{conversation.public_id}/messages/"
    answer = client.post(path, {"body": "One more"}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert Message.objects.count() == MESSAGES_AT_ONCE
