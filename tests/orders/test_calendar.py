"""The feed of due dates and deadlines, read back with the library that wrote it (R-ORD-15)."""

from datetime import UTC, datetime, timedelta
from operator import attrgetter

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar, Event

from accounts.enums import TeamRole
from accounts.models import User
from accounts.services import make_calendar, renew_calendar, stop_calendar
from marketplace.kernel import clock
from orders.actors import agent as as_agent
from orders.models import Order
from orders.services import extending
from orders.services.holding import lift_hold, place_hold
from payments.enums import HoldKind
from tests.factories.accounts import make_seller
from tests.factories.order_states import RUNNING, STATES, at_work, delivered
from tests.factories.orders import again, facts, make_order
from tests.factories.team import make_member
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db
DUE = ("current.due_at", "{} is due", "Deliver {}")
REVIEW = ("current.review_deadline", "Decide on {}", "{} counts as accepted")
PAY = ("order.pay_by", "Pay for {}", "")
NOTHING = ("", "", "")
# By hand: which instant, and what the buyer and the seller read.
SHOWN = {
    "unpaid": ("order.unpaid_deadline", "Pay for {}", ""),
    "questions": NOTHING,
    "answered": DUE,
    "at_work": DUE,
    "late": DUE,
    "delivered": REVIEW,
    "delivered_last": REVIEW,
    "more_time_asked": REVIEW,
    "in_revision": DUE,
    "revisions_used": REVIEW,
    "charging": NOTHING,
    "second_at_work": DUE,
    "payment_failed": PAY,
    "action_required": PAY,
    "consent_wanted": PAY,
    "month_at_work": DUE,
    "month_delivered": REVIEW,
    "month_in_revision": DUE,
    "last_month_delivered": REVIEW,
    "between_months": ("current.begins_at", "{} is charged and begins", "{} is charged and begins"),
    "month_refused": PAY,
}


def address_of(user: User) -> str:
    return reverse("calendar:feed", args=[make_calendar(user=user, now=clock.now()).key])


def fetch(user: User, **headers: str) -> HttpResponse:
    """As a calendar program does: nobody is signed in."""
    response = Client().get(address_of(user), headers=headers)
    assert isinstance(response, HttpResponse)
    return response


def calendar_of(user: User) -> Calendar:
    return Calendar.from_ical(fetch(user).content)


def events_of(user: User) -> list[Event]:
    return list(calendar_of(user).events)


def event_of(user: User) -> Event:
    (event,) = events_of(user)
    return event


def text(event: Event, name: str) -> str:
    return str(event[name])


def to_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def hold(order: Order, agent: User, *, now: datetime) -> None:
    place_hold(
        order=order, kind=HoldKind.SUPPORT, reference="", reason="We look.", actor=as_agent(agent, order), now=now
    )


def test_the_table_has_every_running_state() -> None:
    assert set(SHOWN) == set(RUNNING)


@pytest.mark.parametrize("state", SHOWN)
def test_r_ord_15_each_side_sees_its_instant(stripe: StripeDouble, buyer: User, seller: User, state: str) -> None:
    order = STATES[state](stripe, buyer, seller)
    current = facts(order).current
    assert current is not None
    instant, *words = SHOWN[state]
    for person, said in zip((buyer, seller), words, strict=True):
        shown = [(text(event, "summary"), event.start) for event in events_of(person)]
        if not said:
            assert shown == []
            continue
        at = attrgetter(instant)(facts(order))
        assert shown == [(said.format(f"‘{current.name}’"), to_second(at))]
        assert f"DTSTART:{to_second(at):%Y%m%dT%H%M%SZ}\r\n" in fetch(person).content.decode()


@pytest.mark.parametrize("state", sorted(set(STATES) - set(RUNNING)))
def test_r_ord_15_an_order_that_has_ended_shows_nothing(
    stripe: StripeDouble, buyer: User, seller: User, state: str
) -> None:
    STATES[state](stripe, buyer, seller)
    assert (events_of(buyer), events_of(seller)) == ([], [])


@pytest.mark.parametrize("state", ["unpaid", "at_work", "delivered", "payment_failed", "between_months"])
def test_r_ord_17_on_hold_it_shows_nothing_and_afterwards_the_new_instant(
    stripe: StripeDouble, buyer: User, seller: User, agent: User, state: str
) -> None:
    order, now = STATES[state](stripe, buyer, seller), clock.now()
    before = event_of(buyer)
    hold(order, agent, now=now)
    assert (events_of(buyer), events_of(seller)) == ([], [])

    later = now + timedelta(hours=30)
    lift_hold(order=again(order), kind=HoldKind.SUPPORT, reference="", actor=as_agent(agent, order), now=later)
    after = event_of(buyer)
    assert after.start - before.start == timedelta(hours=30)
    assert after.uid == before.uid
    assert after.sequence > before.sequence
    assert before.DTSTAMP < after.DTSTAMP == after.LAST_MODIFIED == to_second(later)


def test_r_ord_8_more_time_moves_the_same_event(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = STATES["more_time_asked"](stripe, buyer, seller)
    before = event_of(buyer)
    extending.grant_more_time(order=order, actor=seller)
    after = event_of(buyer)
    assert after.start - before.start == timedelta(hours=24 * order.policy.extra_review_days)
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)


def test_r_ord_15_what_silence_does_is_said_with_first_names_alone(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = delivered(stripe, buyer, seller)
    bought, sold = event_of(buyer), event_of(seller)
    url = f"http://127.0.0.1:8000/orders/{order.public_id}/"
    assert text(bought, "description").startswith(f"{order.title}, with Selma.\n\nIf you do nothing by ")
    assert text(sold, "description").startswith(f"{order.title}, with Bruno.\n\nIf Bruno does nothing by ")
    for event in (bought, sold):
        assert "counts as accepted and the order ends there. Nothing more is charged." in text(event, "description")
        assert text(event, "description").endswith(url)
        assert (text(event, "url"), text(event, "transp")) == (url, "TRANSPARENT")
    for person, foreign in ((buyer, (seller.email, "Seller")), (seller, (buyer.email, "Buyer"))):
        feed = fetch(person).content.decode().replace("\r\n ", "")
        assert [word for word in foreign if word in feed] == []


def test_the_words_are_in_the_readers_time_zone(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    at = datetime(2026, 12, 1, 20, 30, tzinfo=UTC)
    order.milestones.filter(state="delivered").update(review_deadline=at)
    for zone, said in (("UTC", "Tue 1 Dec, 20:30"), ("Asia/Tokyo", "Wed 2 Dec, 05:30"), ("Mars/Base", "20:30")):
        User.objects.filter(pk=buyer.pk).update(timezone=zone)
        event = event_of(buyer)
        assert (said in text(event, "description"), event.start) == (True, at)


def test_titles_are_escaped_and_long_lines_are_folded(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = at_work(stripe, buyer, seller)
    title = "Films, sound; and “words” of ünusual length\\n: one, two, three and four\nBEGIN:VALARM"
    Order.objects.filter(pk=order.pk).update(title=title)
    assert text(event_of(buyer), "description").startswith(f"{title}, with Selma.")
    lines = fetch(buyer).content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"BEGIN:VALARM" not in lines


def test_the_calendar_has_a_name_and_says_how_often_to_look(buyer: User) -> None:
    lines = fetch(buyer).content.decode().split("\r\n")
    for line in ("VERSION:2.0", "METHOD:PUBLISH", "NAME:Milepost", "X-WR-CALNAME:Milepost", "X-PUBLISHED-TTL:PT1H"):
        assert line in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines


def test_what_has_not_changed_is_equal_and_not_sent_again(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    first, second = fetch(buyer), fetch(buyer)
    assert first.content == second.content
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in first["Cache-Control"]
    known = {"If-None-Match": first["ETag"]}
    assert (fetch(buyer, **known).status_code, fetch(buyer, **known).content) == (304, b"")

    extending.ask_more_time(order=order, actor=buyer, reason="I am away.")
    extending.grant_more_time(order=again(order), actor=seller)
    assert fetch(buyer, **known).status_code == 200


def test_r_ord_15_a_key_that_is_not_in_use_is_404(stripe: StripeDouble, buyer: User, seller: User) -> None:
    delivered(stripe, buyer, seller)
    client, old = Client(), address_of(buyer)
    known = {"If-None-Match": client.get(old)["ETag"]}
    renew_calendar(user=buyer, now=clock.now())
    new = address_of(buyer)
    assert (client.get(old, headers=known).status_code, client.get(new).status_code) == (404, 200)
    User.objects.filter(pk=buyer.pk).update(is_active=False)
    assert client.get(new).status_code == 404
    User.objects.filter(pk=buyer.pk).update(is_active=True)
    stop_calendar(user=buyer)
    assert client.get(new).status_code == 404
    assert client.get("/calendar/no-such-key.ics").status_code == 404


def test_r_ord_15_strangers_and_the_team_see_none_of_it(
    stripe: StripeDouble, buyer: User, seller: User, stranger: User
) -> None:
    delivered(stripe, buyer, seller)
    manager = make_member(seller, role=TeamRole.MANAGER).user
    assert (events_of(stranger), events_of(manager)) == ([], [])
    client = Client()
    client.force_login(stranger)
    assert len(Calendar.from_ical(client.get(address_of(buyer)).content).events) == 1


@pytest.mark.parametrize("state", ["unpaid", "payment_failed", "between_months"])
def test_r_pay_3_nothing_is_to_be_paid_to_a_seller_who_is_gone(
    stripe: StripeDouble, buyer: User, seller: User, state: str
) -> None:
    STATES[state](stripe, buyer, seller)
    assert len(events_of(buyer)) == 1
    User.objects.filter(pk=seller.pk).update(is_active=False)
    assert events_of(buyer) == []


def test_twelve_orders_take_as_many_queries_as_one(stripe: StripeDouble, buyer: User, seller: User) -> None:
    address, counts = address_of(buyer), []
    for build in (1, 11):
        at_work(stripe, buyer, seller)
        for _ in range(build - 1):
            make_order(buyer=buyer, seller=seller)
        with CaptureQueriesContext(connection) as captured:
            shown = len(Calendar.from_ical(Client().get(address).content).events)
        counts.append((shown, len(captured)))
    assert counts == [(1, 5), (12, 5)]


def test_both_sides_of_a_person_are_in_one_feed_and_the_next_comes_first(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    at_work(stripe, buyer, seller)
    make_order(buyer=seller, seller=make_seller("Sam Second"))
    shown = events_of(seller)
    assert [text(event, "summary").partition(" ")[0] for event in shown] == ["Pay", "Deliver"]
    assert shown[0].start < shown[1].start
