"""Whole stories of subscriptions (R-OFR-4): every month is charged on its date, and every cent is accounted for.

A month costs 120.00 and the fee of 5 % on it, 126.00; the seller's part of it is 108.00, after 12.00 commission.
"""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from marketplace.kernel import clock
from notifications.models import Notification
from orders.actors import CLOCK
from orders.enums import CancelReason
from orders.errors import CannotContinue, EndTheSubscription, NextMonthAhead, NextMonthDue
from orders.models import Order
from orders.services import lapsing, subscribing
from orders.services.ending import cancel, preview_cancellation
from orders.services.giving_back import give_back
from orders.services.holding import lift_hold, place_hold
from payments.enums import HoldKind
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios import test_chargebacks as chargebacks
from tests.scenarios.story import Story, beat, travel

pytestmark = pytest.mark.django_db

PAID, SELLERS, COMMISSION, FEE = 126_00, 108_00, 12_00, 6_00
UNDER_WAY = {"held": 120_00, "fee_held": FEE}


def done(months: int) -> dict[str, int]:
    """The balances when so many months are accepted and released, and none is paid besides."""
    return {
        "captured": months * PAID, "released": months * SELLERS, "commission": months * COMMISSION,
        "fees": months * FEE,
    }  # fmt: skip


def charged(months: int) -> dict[str, int]:
    """The last of so many months is paid and under way, those before it are done."""
    return done(months - 1) | {"captured": months * PAID} | UNDER_WAY


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def go_to(moment: datetime) -> None:
    """Move every clock to `moment`."""
    travel(seconds=(moment - clock.now()).total_seconds())


class Monthly(Story):
    """A subscription of 120.00 a month, whose first is paid at noon on `start`."""

    def __init__(self, stripe: StripeDouble, buyer: User, seller: User, *, start: str, scenario: str = "works") -> None:
        go_to(at(f"{start}T12:00"))
        super().__init__(stripe, buyer, seller, prices=[120_00], days=20, months=3)
        self.pay(scenario)

    def accept_month(self) -> None:
        subscribing.accept_month(order=self.order, actor=self.buyer)

    def come_to(self, day: str) -> None:
        """Noon of `day`, a minute later, and all that is due."""
        go_to(at(f"{day}T12:01"))
        beat()
        self.work()

    @property
    def dates(self) -> list[str]:
        return [f"{m.begins_at:%Y-%m-%d}" for m in self._order.milestones.all() if m.begins_at]


@pytest.fixture
def monthly(stripe: StripeDouble, buyer: User, seller: User, moving_clock: None) -> Monthly:
    return Monthly(stripe, buyer, seller, start="2027-01-31")


@pytest.fixture
def refused(stripe: StripeDouble, buyer: User, seller: User, moving_clock: None) -> Monthly:
    """The first month is accepted, and the card is refused on the date of the second."""
    story = Monthly(stripe, buyer, seller, start="2027-01-31", scenario="works_then_declines")
    story.deliver()
    story.accept_month()
    story.come_to("2027-02-28")
    return story


def test_r_ofr_4_three_whole_months_from_the_31st_of_january(monthly: Monthly) -> None:
    monthly.expect_order("active", "", "in_progress", "planned", "planned")
    assert monthly.dates == ["2027-01-31", "2027-02-28", "2027-03-31"]
    monthly.expect(**charged(1))
    monthly.deliver()
    monthly.accept_month()
    monthly.expect_order("active", "", "accepted", "scheduled", "planned")
    monthly.expect(**done(1))
    go_to(at("2027-02-28T11:59"))
    beat()
    assert monthly.states[1] == "scheduled"  # a minute before its date
    monthly.expect(**done(1))
    monthly.come_to("2027-02-28")
    monthly.expect_order("active", "", "accepted", "in_progress", "planned")
    monthly.expect(**charged(2))
    monthly.deliver()
    monthly.accept_month()
    monthly.expect(**done(2))
    monthly.come_to("2027-03-31")
    monthly.expect_order("active", "", "accepted", "accepted", "in_progress")
    monthly.expect(**charged(3))
    assert monthly.charged_at_stripe == 3 * PAID
    monthly.deliver()
    monthly.accept_and_finish()
    monthly.expect_order("completed", "finished", "accepted", "accepted", "accepted")
    monthly.expect(**done(3))
    travel(days=200)
    beat()
    assert monthly.charged_at_stripe == 3 * PAID
    monthly.expect(**done(3))


def test_r_ofr_4_the_date_itself_belongs_to_the_charge(monthly: Monthly) -> None:
    monthly.deliver()
    monthly.accept_month()
    date = monthly.milestone(2).begins_at
    assert date is not None
    lapsing.charge_months(now=date - timedelta(microseconds=1))
    assert monthly.states[1] == "scheduled"
    monthly.expect(**done(1))
    lapsing.charge_months(now=date)
    assert monthly.states[1] == "charging"
    monthly.expect(**done(1))
    monthly.work()
    monthly.expect(**charged(2))


def test_r_ofr_4_both_sides_can_end_it_between_two_months(monthly: Monthly) -> None:
    monthly.deliver()
    monthly.accept_month()
    subscribing.end_subscription(order=monthly.order, actor=monthly.seller, name="end_subscription", reason="Moving.")
    monthly.expect_order("completed", "subscription_ended", "accepted", "not_started", "not_started")
    monthly.expect(**done(1))
    monthly.come_to("2027-02-28")
    monthly.expect_order("completed", "subscription_ended", "accepted", "not_started", "not_started")
    monthly.expect(**done(1))
    assert monthly.charged_at_stripe == PAID


def test_r_ofr_4_the_buyer_ends_it_while_a_month_is_made_and_that_month_is_seen_through(monthly: Monthly) -> None:
    subscribing.end_subscription(order=monthly.order, actor=monthly.buyer, name="end_after_month")
    monthly.expect_order("active", "", "in_progress", "not_started", "not_started")
    monthly.deliver(is_full_project=True)
    with pytest.raises(EndTheSubscription):
        monthly.accept_and_finish()
    monthly.expect(**charged(1))
    subscribing.accept_and_end(order=monthly.order, actor=monthly.buyer)
    monthly.expect_order("completed", "subscription_ended", "accepted", "not_started", "not_started")
    monthly.expect(**done(1))
    monthly.come_to("2027-02-28")
    monthly.expect(**done(1))
    assert monthly.charged_at_stripe == PAID


def test_r_ofr_4_the_seller_ends_it_while_a_month_is_reviewed(monthly: Monthly) -> None:
    monthly.deliver()
    subscribing.end_subscription(order=monthly.order, actor=monthly.seller, name="end_after_delivery")
    monthly.expect_order("active", "", "delivered", "not_started", "not_started")
    monthly.expect(**charged(1))
    travel(days=9)
    beat()
    monthly.expect_order("completed", "review_lapsed", "accepted", "not_started", "not_started")
    monthly.expect(**done(1))


def test_r_ofr_4_accepting_can_end_it_in_one_step(monthly: Monthly) -> None:
    monthly.deliver()
    subscribing.accept_and_end(order=monthly.order, actor=monthly.buyer, reason="Enough.")
    monthly.expect_order("completed", "subscription_ended", "accepted", "not_started", "not_started")
    monthly.expect(**done(1))


def test_r_ord_8_silence_accepts_the_month_ends_the_subscription_and_charges_nothing(monthly: Monthly) -> None:
    monthly.deliver()
    monthly.expect(**charged(1))
    monthly.come_to("2027-02-28")  # the review lapsed long before the date
    monthly.expect_order("completed", "review_lapsed", "accepted", "not_started", "not_started")
    monthly.expect(**done(1))
    assert monthly.charged_at_stripe == PAID


def test_r_ofr_4_an_undecided_month_holds_the_next_up_and_the_dates_move_with_the_decision(monthly: Monthly) -> None:
    monthly.come_to("2027-02-27")
    monthly.deliver()
    monthly.come_to("2027-03-01")
    monthly.expect_order("active", "", "delivered", "planned", "planned")  # its date has come, and nothing is charged
    assert monthly.charged_at_stripe == PAID
    with pytest.raises(NextMonthDue):
        monthly.accept_month()
    monthly.expect(**charged(1))
    go_to(at("2027-03-03T12:00"))
    monthly.accept_and_continue()
    monthly.expect_order("active", "", "accepted", "in_progress", "planned")
    monthly.expect(**charged(2))
    assert monthly.charged_at_stripe == 2 * PAID
    assert monthly.dates == ["2027-01-31", "2027-03-03", "2027-04-03"]


def test_r_ofr_4_before_the_date_nothing_can_be_paid_ahead(monthly: Monthly) -> None:
    monthly.deliver()
    with pytest.raises(NextMonthAhead):
        monthly.accept_and_continue()
    monthly.expect_order("active", "", "delivered", "planned", "planned")
    monthly.expect(**charged(1))
    assert monthly.charged_at_stripe == PAID


def test_r_pay_2_a_refused_month_is_rescued_and_keeps_the_dates(refused: Monthly) -> None:
    refused.expect_order("awaiting_next_payment", "", "accepted", "payment_failed", "planned")
    refused.expect(**done(1))
    travel(days=4)
    refused.pay()
    refused.expect_order("active", "", "accepted", "in_progress", "planned")
    refused.expect(**charged(2))
    assert refused.dates == ["2027-01-31", "2027-02-28", "2027-03-31"]
    assert refused.charged_at_stripe == 2 * PAID


def test_r_pay_2_a_refused_month_that_nobody_pays_ends_after_the_grace_days(refused: Monthly) -> None:
    refused.come_to("2027-03-09")
    assert refused.states[1] == "payment_failed"
    refused.expect(**done(1))
    refused.come_to("2027-03-11")
    refused.expect_order("completed", "payment_lapsed", "accepted", "not_started", "not_started")
    refused.expect(**done(1))
    assert refused.charged_at_stripe == PAID


@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_r_ofr_4_either_side_can_end_it_while_a_refused_month_waits(refused: Monthly, side: str) -> None:
    refused.expect(**done(1))
    subscribing.end_subscription(order=refused.order, actor=getattr(refused, side), name="end_subscription")
    refused.work()
    refused.expect_order("completed", "subscription_ended", "accepted", "not_started", "not_started")
    refused.expect(**done(1))
    assert refused.charged_at_stripe == PAID


def test_r_ofr_4_without_a_card_the_buyer_is_asked_on_the_date(monthly: Monthly) -> None:
    monthly.deliver()
    monthly.accept_month()
    Order.objects.filter(pk=monthly.order.pk).update(method=None)
    monthly.come_to("2027-02-28")
    monthly.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
    asked = Notification.objects.filter(recipient=monthly.buyer, kind="payment_reminder")
    assert asked.count() == 1
    monthly.expect(**done(1))
    monthly.pay()
    monthly.expect_order("active", "", "accepted", "in_progress", "planned")
    monthly.expect(**charged(2))


def test_r_ord_17_a_hold_over_the_date_moves_it_by_its_time(monthly: Monthly) -> None:
    monthly.deliver()
    monthly.accept_month()
    go_to(at("2027-02-27T12:00"))
    place_hold(order=monthly.order, kind=HoldKind.SUPPORT, reason="We look into it.", actor=CLOCK)
    monthly.come_to("2027-03-01")
    assert monthly.states[1] == "scheduled"  # its date passed while everything stood still
    monthly.expect(**done(1))
    go_to(at("2027-03-02T12:00"))
    lift_hold(order=monthly.order, kind=HoldKind.SUPPORT, actor=CLOCK)
    assert monthly.dates == ["2027-01-31", "2027-03-03", "2027-04-03"]
    beat()
    assert monthly.states[1] == "scheduled"
    monthly.expect(**done(1))
    monthly.come_to("2027-03-03")
    monthly.expect_order("active", "", "accepted", "in_progress", "planned")
    monthly.expect(**charged(2))


def test_r_sup_2_support_cancels_a_month_and_the_next_waits_for_consent_with_dates_of_its_own(
    monthly: Monthly, agent: User
) -> None:
    go_to(at("2027-02-10T12:00"))
    cancel(
        order=monthly.order, actor=agent, reason=CancelReason.NOT_DELIVERED, note="Nothing came.", continue_after=True
    )
    monthly.work()
    monthly.expect_order("awaiting_next_payment", "", "cancelled", "action_required", "planned")
    monthly.expect(captured=PAID, refunded=PAID)
    monthly.pay()
    monthly.expect_order("active", "", "cancelled", "in_progress", "planned")
    monthly.expect(captured=2 * PAID, refunded=PAID, **UNDER_WAY)
    assert monthly.dates == ["2027-01-31", "2027-02-10", "2027-03-10"]


def test_r_sup_2_support_ends_it_between_two_months_and_nothing_is_left_to_withdraw(
    monthly: Monthly, agent: User
) -> None:
    monthly.deliver()
    monthly.accept_month()
    outcome = preview_cancellation(order=monthly.order)
    assert (outcome.transition, outcome.withdrawn.amount, outcome.refund.amount) == ("end_unpaid", 0, 0)
    assert outcome.never_starts == ("Month 2", "Month 3")
    with pytest.raises(CannotContinue):
        preview_cancellation(order=monthly.order, continue_after=True)
    cancel(order=monthly.order, actor=agent, reason=CancelReason.BOTH_AGREE, note="They agree.")
    monthly.expect_order("completed", "ended_by_support", "accepted", "not_started", "not_started")
    monthly.expect(**done(1))
    give_back(
        milestone=monthly.milestone(1), actor=agent, amount=None, reason=CancelReason.BOTH_AGREE, note="They agree."
    )
    monthly.work()
    monthly.expect(captured=PAID, refunded=PAID)


def test_r_pay_7_a_chargeback_of_an_earlier_month_stops_the_dates_until_support_decides(monthly: Monthly) -> None:
    monthly.deliver()
    monthly.accept_month()
    monthly.come_to("2027-02-28")
    monthly.deliver()
    monthly.accept_month()
    monthly.expect(**done(2))
    go_to(at("2027-03-30T12:00"))
    dispute = chargebacks.dispute(monthly)
    assert monthly.order.held_since is not None
    monthly.expect(**done(2), disputed=PAID)
    monthly.come_to("2027-03-31")
    assert monthly.states == ["accepted", "accepted", "scheduled"]
    monthly.expect(**done(2), disputed=PAID)
    chargebacks.close(monthly, dispute, won=False)
    assert monthly.states == ["charged_back", "accepted", "scheduled"]
    monthly.expect(**done(1) | {"captured": 2 * PAID, "lost": PAID})
    assert monthly.charged_at_stripe == 2 * PAID
    subscribing.end_subscription(order=monthly.order, actor=monthly.buyer, name="end_subscription")
    monthly.expect_order("completed", "subscription_ended", "charged_back", "accepted", "not_started")
    monthly.expect(**done(1) | {"captured": 2 * PAID, "lost": PAID})
