"""A notice is read once what it leads to has been opened, by whatever way the person came there (R-NOT)."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from inbox.models import Conversation
from notifications.models import Notification
from notifications.selectors import unread_count
from notifications.services.reading import mark_read_about
from offers import services
from tests.factories.inbox import make_conversation, say
from tests.factories.notifications import tell
from tests.factories.offers import counter, make_offer, revise
from tests.factories.orders import make_order, pay_first
from tests.factories.team import make_manager
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kinds_unread(user: User) -> list[str]:
    unread = Notification.objects.filter(recipient=user, read_at=None)
    return sorted(unread.values_list("kind", flat=True))


def test_r_not_only_the_readers_own_about_these_pages_and_told_before_are_marked(
    buyer: User, stranger: User, now: datetime
) -> None:
    about, other = tell(buyer, now=now, url="/orders/ord_1/"), tell(buyer, now=now, url="/orders/ord_2/")
    later, theirs = tell(buyer, now=now + MINUTE, url="/orders/ord_1/"), tell(stranger, now=now, url="/orders/ord_1/")

    assert mark_read_about(reader=buyer, pages=["/orders/ord_1/"], shown_at=now) == 1
    about.refresh_from_db()
    assert about.read_at == now
    assert set(Notification.objects.filter(read_at=None)) == {other, later, theirs}


def test_r_not_marking_takes_one_statement_and_keeps_when_it_was_first_read(buyer: User, now: datetime) -> None:
    for _ in range(3):
        tell(buyer, now=now, url="/orders/ord_1/")
    for marked in (3, 0):
        with CaptureQueriesContext(connection) as captured:
            assert mark_read_about(reader=buyer, pages=["/orders/ord_1/"], shown_at=now + marked * MINUTE) == marked
        assert len(captured) == 1
    assert set(Notification.objects.values_list("read_at", flat=True)) == {now + 3 * MINUTE}


def test_r_not_opening_the_conversation_reads_what_told_of_it_and_the_page_says_so_at_once(
    conversation: Conversation, buyer: User, seller: User, stranger: User
) -> None:
    say(conversation, buyer, "Have you time?")
    say(make_conversation(stranger, seller), stranger, "Have you?")
    say(conversation, seller, "I have.")
    assert (unread_count(seller), unread_count(buyer)) == (2, 1)

    page = as_(seller).get(conversation.get_absolute_url())
    assert int(str(page.context["unread_notifications"])) == 1
    assert (unread_count(seller), unread_count(buyer)) == (1, 1)


def test_r_not_a_stranger_who_tries_the_address_reads_nothing_away(
    conversation: Conversation, buyer: User, seller: User, stranger: User
) -> None:
    say(conversation, buyer)
    assert as_(stranger).get(conversation.get_absolute_url()).status_code == 404
    assert unread_count(seller) == 1


def test_r_not_what_comes_into_an_open_conversation_is_read_there(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, buyer)
    news = reverse("inbox:news", args=[conversation.public_id])
    assert as_(seller).get(news, {"after": "0"}).status_code == 200
    assert unread_count(seller) == 0


def test_r_not_who_answers_for_a_seller_reads_their_own_notices_not_the_sellers(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    manager = make_manager(seller)
    Notification.objects.all().delete()
    say(conversation, buyer)
    as_(manager).get(conversation.get_absolute_url())
    assert (unread_count(manager), unread_count(seller)) == (0, 1)


def test_r_not_an_offer_is_told_of_until_its_card_or_its_page_was_seen(buyer: User, seller: User) -> None:
    offer = make_offer(seller, buyer)
    assert kinds_unread(buyer) == ["offer_sent"]
    as_(seller).get(offer.get_absolute_url())
    assert kinds_unread(buyer) == ["offer_sent"]
    as_(buyer).get(offer.get_absolute_url())
    assert kinds_unread(buyer) == []

    revise(offer)
    assert kinds_unread(buyer) == ["offer_revised"]
    as_(buyer).get(offer.conversation.get_absolute_url())
    assert kinds_unread(buyer) == []


@pytest.mark.parametrize("page", ["offers:offer", "offers:versions"])
def test_r_not_a_newer_version_reads_those_it_replaces_and_an_older_one_not_the_newer(
    page: str, buyer: User, seller: User
) -> None:
    first = make_offer(seller, buyer)
    third = services.send_on_these_terms(offer=counter(first), seller=seller)
    assert kinds_unread(buyer) == ["offer_revised", "offer_sent"]
    as_(buyer).get(first.get_absolute_url())
    assert kinds_unread(buyer) == ["offer_revised"]

    Notification.objects.update(read_at=None)
    as_(buyer).get(reverse(page, args=[third.public_id]))
    assert kinds_unread(buyer) == []


def test_r_not_opening_the_order_reads_what_told_of_it_for_that_side_alone(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = pay_first(make_order(buyer=buyer, seller=seller, via="offer"), stripe)
    assert kinds_unread(seller) == ["offer_accepted", "order_received"]
    theirs = unread_count(buyer)

    page = as_(seller).get(reverse("orders:order", args=[order.public_id]))
    assert int(str(page.context["unread_notifications"])) == 0
    assert (unread_count(seller), unread_count(buyer)) == (0, theirs)


def test_r_not_the_order_page_takes_as_many_queries_whatever_is_unread(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = pay_first(make_order(buyer=buyer, seller=seller), stripe)
    reader, page, counts = as_(seller), reverse("orders:order", args=[order.public_id]), []
    reader.get(page)
    for unread in (0, 1, 9):
        for number in range(unread):
            tell(seller, now=order.created_at, url=page, key=f"probe-{unread}-{number}")
        with CaptureQueriesContext(connection) as captured:
            reader.get(page)
        counts.append(len(captured))
        assert unread_count(seller) == 0
    assert counts[0] == counts[1] == counts[2]
