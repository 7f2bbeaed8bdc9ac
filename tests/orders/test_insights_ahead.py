"""R-ORD-16: the fortnight that comes, what is expected of it, and what became of the offers. Exact days and sums."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from marketplace.kernel import clock
from milestones.enums import OrderType
from offers.models import Offer
from offers.services import decline_offer, withdraw_offer
from offers.services.expiring import expire_offers
from orders.actors import CLOCK
from orders.models import Order
from orders.presenters.insights.ahead import Coming, Day, fortnight_of
from orders.presenters.insights.conversion import SPAN, Conversion, conversion_of
from orders.presenters.insights.dashboard import running_sales
from orders.presenters.insights.expected import earnings_chart, expected_of
from orders.services.holding import place_hold
from payments.enums import HoldKind
from tests.factories import order_states
from tests.factories.accounts import make_user
from tests.factories.offers import accept, counter, make_offer, make_single_offer, revise
from tests.factories.orders import current, make_order, pay_first
from tests.payments.simulator_fixtures import StripeDouble

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def fortnight(seller: User, *, now: datetime | None = None) -> list[Day]:
    moment = now or clock.now()
    return fortnight_of(seller, running_sales(seller, now=moment), now=moment)


def coming(seller: User, *, now: datetime | None = None) -> list[Coming]:
    return [each for day in fortnight(seller, now=now) for each in day.coming]


def test_fourteen_days_each_once_with_empty_neighbours_in_one_line(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    now = clock.now()
    (empty,) = fortnight(seller, now=now)
    assert (empty.first, empty.last) == (timezone.localdate(now), timezone.localdate(now) + 13 * DAY)
    order = order_states.at_work(stripe, buyer, seller)
    due = current(order).due_at
    assert due is not None
    before, day, after = fortnight(seller, now=now)
    assert before.is_today
    assert (day.first, [each.kind for each in day.coming]) == (timezone.localdate(due), ["due"])
    assert before.last + DAY == day.first == after.first - DAY
    assert after.last == empty.last


def test_what_has_passed_and_what_is_later_are_left_out(stripe: StripeDouble, buyer: User, seller: User) -> None:
    due = current(order_states.at_work(stripe, buyer, seller)).due_at
    assert due is not None
    assert coming(seller, now=due) == []
    assert [each.kind for each in coming(seller, now=due - TICK)] == ["due"]
    assert coming(seller, now=due - 14 * DAY) == []
    assert [each.kind for each in coming(seller, now=due - 13 * DAY)] == ["due"]


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        ("in_revision", ["due"]),
        ("delivered", ["review"]),
        ("payment_failed", ["charge", "pay_by"]),
        ("action_required", ["pay_by"]),
        ("questions", []),
        ("charging", []),
        ("stopped", ["clears"]),
    ],
)
def test_each_state_has_its_dates(
    state: str, kinds: list[str], stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order_states.STATES[state](stripe, buyer, seller)
    found = coming(seller)
    assert [each.kind for each in found if each.kind != "clears" or state == "stopped"] == kinds
    assert all("None" not in each.text for each in found)


def test_a_day_is_the_sellers_own(stripe: StripeDouble, buyer: User, seller: User) -> None:
    """Ten minutes before midnight in UTC it is the next day in Auckland."""
    order = order_states.at_work(stripe, buyer, seller)
    late = clock.now().replace(hour=23, minute=50) + 2 * DAY
    order.milestones.filter(state="in_progress").update(due_at=late)
    with timezone.override("Pacific/Auckland"):
        (day,) = [day for day in fortnight(seller) if day.coming]
    assert day.first == late.date() + DAY


def test_money_that_clears_on_one_day_is_one_line(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order_states.stopped(stripe, buyer, seller)
    order_states.stopped(stripe, buyer, seller)
    assert [each.text for each in coming(seller) if each.kind == "clears"] == ["$216.00 of what you earned clears"]


def test_an_offer_that_is_open_shows_its_last_day(buyer: User, seller: User) -> None:
    offer = make_single_offer(seller, buyer)
    assert offer.expires_at is not None
    assert [(each.kind, each.at) for each in coming(seller, now=offer.expires_at - DAY)] == [
        ("offer", offer.expires_at)
    ]
    assert coming(seller, now=offer.expires_at) == []


def test_r_ord_17_an_order_on_hold_has_no_dates(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = order_states.at_work(stripe, buyer, seller)
    place_hold(order=order, kind=HoldKind.SUPPORT, reason="Somebody asked us to look.", actor=CLOCK)
    assert coming(seller) == []
    assert list(expected_of(running_sales(seller, now=clock.now()), "USD", now=clock.now())) == []


# --- What is expected -------------------------------------------------------------------------------------------------
def expected(seller: User, *, now: datetime | None = None, currency: str = "USD") -> list[tuple[datetime, int]]:
    moment = now or clock.now()
    return list(expected_of(running_sales(seller, now=moment), currency, now=moment))


def test_work_is_expected_after_review_and_clearance_less_commission(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    """120.00 less 10 %; standard: 8 review days and 7 clearance days after it is due."""
    order = order_states.at_work(stripe, buyer, seller)
    due = current(order).due_at
    assert due is not None
    assert expected(seller) == [(due + 15 * DAY, 10800)]
    assert expected(seller, now=due + DAY) == [(due + 16 * DAY, 10800)]
    assert expected(seller, currency="EUR") == []


def test_what_is_delivered_is_expected_after_its_review(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = order_states.delivered(stripe, buyer, seller)
    deadline = current(order).review_deadline
    assert deadline is not None
    assert expected(seller) == [(deadline + 7 * DAY, 10800)]


@pytest.mark.parametrize("state", ["unpaid", "questions", "charging", "payment_failed", "finished"])
def test_nothing_is_expected_of_what_is_not_paid_or_not_begun(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order_states.STATES[state](stripe, buyer, seller)
    assert expected(seller) == []


def test_r_pol_3_under_classic_only_the_last_milestone_is_expected(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    pay_first(make_order(buyer=buyer, seller=seller, via="offer", policy="classic"), stripe)
    assert expected(seller) == []


def test_the_chart_shows_what_lies_ahead_as_a_part_of_its_own(stripe: StripeDouble, buyer: User, seller: User) -> None:
    assert earnings_chart(seller, [], now=clock.now()) is None
    order_states.stopped(stripe, buyer, seller)
    order_states.at_work(stripe, buyer, seller)
    now = clock.now()
    chart = earnings_chart(seller, running_sales(seller, now=now), now=now)
    assert chart is not None
    assert [label for _, label in chart.parts] == ["Clearing", "Expected"]
    assert chart.title.endswith(", $108.00 of it expected.")
    assert sum(bar.sums[1].amount for bar in chart.bars) == 10800
    assert all(len(bar.sums) == 2 for bar in chart.bars)


# --- Conversion -------------------------------------------------------------------------------------------------------
def conversion(seller: User, *, now: datetime | None = None) -> Conversion:
    return conversion_of(seller, now=now or clock.now())


def test_offers_are_counted_by_how_they_ended(seller: User, now: datetime) -> None:
    def offer() -> Offer:
        return make_offer(seller, make_user(), now=now)

    for hours in (1, 3, 20):
        accept(offer(), now=now + timedelta(hours=hours))
    declined = offer()
    decline_offer(offer=declined, actor=declined.buyer, now=now + timedelta(hours=10))
    withdraw_offer(offer=offer(), actor=seller, now=now + DAY)
    offer()
    assert expire_offers(now=now + 30 * DAY) == 1
    make_offer(seller, make_user(), now=now + 30 * DAY)
    found = conversion(seller, now=now + 31 * DAY)
    assert (found.sent, found.accepted, found.declined, found.expired, found.withdrawn, found.waiting) == (
        7, 3, 1, 1, 1, 1,
    )  # fmt: skip
    assert found.rate == 60
    assert found.hours == 6.5
    assert found.hours_words == "6 hours"


def test_versions_of_one_offer_count_once(seller: User, buyer: User, now: datetime) -> None:
    first = make_offer(seller, buyer, now=now)
    accept(revise(revise(first, now=now + DAY), now=now + 2 * DAY), now=now + 2 * DAY + timedelta(hours=4))
    found = conversion(seller, now=now + 3 * DAY)
    assert (found.sent, found.accepted, found.rate, found.hours) == (1, 1, 100, 4.0)


def test_a_counter_offer_is_an_answer_and_no_offer_of_its_own(seller: User, buyer: User, now: datetime) -> None:
    counter(make_offer(seller, buyer, now=now), now=now + timedelta(hours=5))
    found = conversion(seller, now=now + DAY)
    assert (found.sent, found.waiting, found.rate, found.hours) == (1, 1, None, 5.0)


def test_an_answer_that_decides_nothing_is_not_told_beside_that_none_was_given(
    client: Client, seller: User, buyer: User
) -> None:
    counter(make_offer(seller, buyer))
    client.force_login(seller)
    html = client.get("/selling/").content.decode()
    assert "None has been accepted or declined yet. Half of the other terms that buyers proposed came in" in html


def test_it_looks_back_ninety_days(seller: User, buyer: User, now: datetime) -> None:
    make_offer(seller, buyer, now=now)
    assert conversion(seller, now=now + SPAN - TICK).sent == 1
    assert conversion(seller, now=now + SPAN).sent == 0


def test_without_offers_there_is_no_rate(seller: User, buyer: User) -> None:
    found = conversion(seller)
    assert (found.sent, found.rate, found.hours, found.hours_words) == (0, None, None, "–")
    make_offer(buyer=buyer, seller=seller)
    assert conversion(seller).rate is None


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.2, "under an hour"), (1.4, "1 hour"), (47.4, "47 hours"), (48, "2 days"), (60.1, "3 days")],
)
def test_how_long_an_answer_took_is_said_in_one_unit(hours: float, words: str) -> None:
    counts = dict.fromkeys(("sent", "accepted", "declined", "expired", "withdrawn", "waiting"), 0)
    assert Conversion(**counts, hours=hours).hours_words == words


def test_orders_of_a_single_payment_are_ahead_too(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order: Order = pay_first(make_order(buyer=buyer, seller=seller, parts=(26000,)), stripe)
    assert order.order_type == OrderType.SINGLE
    assert [amount for _, amount in expected(seller)] == [23400]
