"""Money goes back: each balance at each step, wherever it stood (R-PAY-7, R-SUP-2; stripe.md §10 lines 15, 18, 20).

The first milestone costs 60.00 and 3.00 fee; 6.00 of it is commission, 54.00 the seller's. A third is 21.00, of which
1.00 is fee, 2.00 commission and 18.00 the seller's.
"""

from collections.abc import Callable

import pytest

from accounts.models import User
from notifications.models import Notification
from orders.enums import CancelReason
from orders.errors import PaymentUnderWay
from orders.services.ending import cancel
from orders.services.giving_back import give_back
from payments.models import Refund, Transfer
from tests.factories.payouts import onboard
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, beat, sweep_payments, travel
from tests.scenarios.test_chargebacks import accrued, held, paid_out, released, second_begun

pytestmark = pytest.mark.django_db

SECOND = {"held": 80_00, "fee_held": 4_00}  # the second milestone, paid and under way
FIRST_DONE = {"captured": 63_00, "released": 54_00, "commission": 6_00, "fees": 3_00}


def give(story: Story, agent: User, amount: int | None, *, work: bool = True) -> Refund:
    refund = give_back(
        milestone=story.milestone(1), actor=agent, amount=amount, reason=CancelReason.NOT_AS_AGREED, note="Seen."
    )
    if work:
        story.work()
    return refund


def end(story: Story, agent: User, back: int | None = None, *, go_on: bool = False) -> None:
    cancel(
        order=story.order,
        actor=agent,
        reason=CancelReason.BOTH_AGREE,
        note="Both wrote.",
        back=back,
        continue_after=go_on,
    )
    story.work()


# where the money stands -> the balances before, after a third went back, and while it is on its way
STAGES: dict[str, tuple[Callable[..., Story], dict[str, int], dict[str, int], dict[str, int]]] = {
    "accrued": (
        accrued,
        {"accrued": 54_00, "commission_accrued": 6_00, "fee_accrued": 3_00},
        {"accrued": 36_00, "commission_accrued": 4_00, "fee_accrued": 2_00},
        {"accrued": 36_00, "commission_accrued": 4_00, "fee_accrued": 2_00},
    ),
    "released": (
        released,
        {"released": 54_00, "commission": 6_00, "fees": 3_00},
        {"released": 36_00, "commission": 4_00, "fees": 2_00},
        {"released": 36_00, "commission": 4_00, "fees": 2_00},
    ),
    "paid_out": (
        paid_out,
        {"paid_out": 54_00, "commission": 6_00, "fees": 3_00},
        {"paid_out": 36_00, "commission": 4_00, "fees": 2_00},
        {"paid_out": 54_00, "receivable": 18_00, "commission": 4_00, "fees": 2_00},
    ),
}


@pytest.mark.parametrize("stage", STAGES)
def test_t22_support_gives_a_third_back_and_then_the_rest(stage: str, tell: Callable[..., Story], agent: User) -> None:
    begin, before, after_a_third, _ = STAGES[stage]
    story = begin(tell)
    story.expect(captured=147_00, **before, **SECOND)

    give(story, agent, 21_00)
    story.expect(captured=147_00, refunded=21_00, **after_a_third, **SECOND)
    give(story, agent, None)
    story.expect(captured=147_00, refunded=63_00, **SECOND)

    story.expect_order("active", "", "accepted", "in_progress", "planned")
    assert [refund.amount for refund in Refund.objects.all()] == [21_00, 42_00]
    told = Notification.objects.filter(kind="refund_done").values_list("recipient", flat=True)
    assert sorted(told) == sorted([story.buyer.pk, story.seller.pk] * 2)


def test_t22_a_refund_before_the_release_leaves_less_to_release(tell: Callable[..., Story], agent: User) -> None:
    story = accrued(tell)
    give(story, agent, 21_00)
    story.deliver()
    story.accept_and_stop()
    story.work()
    story.expect(captured=147_00, refunded=21_00, released=36_00 + 72_00, commission=4_00 + 8_00, fees=2_00 + 4_00)


def test_line_18_a_reversal_that_fails_is_kept_from_the_next_payout(
    stripe: StripeDouble, tell: Callable[..., Story], agent: User
) -> None:
    story = paid_out(tell)
    stripe.faults.add("no_balance", on="/reversals", times=9)
    give(story, agent, 21_00)
    story.expect(
        captured=147_00, refunded=21_00, paid_out=54_00, receivable=18_00, commission=4_00, fees=2_00, **SECOND
    )
    story.deliver()
    story.accept_and_stop()
    travel(days=8)
    sweep_payments()
    following = Transfer.objects.get(charge=story.milestone(2).charge)
    assert (following.amount, following.netted) == (54_00, 18_00)
    story.expect(
        captured=147_00, refunded=21_00, paid_out=108_00, netted=18_00, receivable=18_00, commission=12_00, fees=6_00
    )


@pytest.mark.parametrize("stage", STAGES)
def test_line_15_a_refund_that_the_bank_returns_restores_every_balance(
    stage: str, stripe: StripeDouble, tell: Callable[..., Story], agent: User
) -> None:
    begin, before, _, on_its_way = STAGES[stage]
    story = begin(tell)
    stripe.faults.add("late_failure", on="/v1/refunds", seconds=600)
    give(story, agent, 21_00)
    assert Refund.objects.get().state == "processing"
    story.expect(captured=147_00, refunding=21_00, **on_its_way, **SECOND)
    travel(hours=1)
    story.work()
    story.expect(captured=147_00, **before, **SECOND)
    assert Notification.objects.filter(kind="refund_failed").count() == 2
    assert Notification.objects.filter(kind="refund_needs_support", recipient=agent).count() == 1


def test_line_15_held_when_it_was_asked_for_and_accepted_when_it_fails(
    stripe: StripeDouble, tell: Callable[..., Story]
) -> None:
    story = held(tell)
    stripe.faults.add("late_failure", on="/refund", seconds=600)
    stripe.refund_in_dashboard(stripe.objects("payment_intent")[0]["id"], 21_00)
    story.work()
    story.expect(captured=63_00, refunding=21_00, held=40_00, fee_held=2_00)
    story.deliver()
    story.accept_and_stop()
    story.work()
    story.expect(captured=63_00, refunding=21_00, released=36_00, commission=4_00, fees=2_00)
    travel(hours=1)
    story.work()
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    assert Transfer.objects.get().amount == 54_00


def test_line_15_a_refund_made_in_the_dashboard_is_in_the_timeline_and_told(
    stripe: StripeDouble, tell: Callable[..., Story]
) -> None:
    story = released(tell)
    first = next(each for each in stripe.objects("payment_intent") if each["amount"] == 63_00)
    stripe.refund_in_dashboard(first["id"], 21_00)
    story.work()
    story.expect(captured=147_00, refunded=21_00, released=36_00, commission=4_00, fees=2_00, **SECOND)
    entry = story.order.timeline.get(name="refunded")
    assert (entry.milestone_id, entry.data["amount"], entry.data["sellers"]) == (story.milestone(1).pk, 21_00, 18_00)
    assert Notification.objects.filter(kind="refund_done").count() == 2


def test_a_dashboard_refund_of_the_work_under_way_stops_the_clocks_until_support_has_looked(
    stripe: StripeDouble, tell: Callable[..., Story], agent: User
) -> None:
    story = held(tell)
    story.deliver()
    stripe.refund_in_dashboard(stripe.objects("payment_intent")[0]["id"], 63_00)
    story.work()
    story.expect(captured=63_00, refunded=63_00)
    assert story.order.held_since is not None
    assert Notification.objects.filter(kind="work_without_money", recipient=agent).count() == 1
    travel(days=9)
    beat()
    story.expect_order("active")
    end(story, agent)
    story.expect_order("cancelled")
    story.expect(captured=63_00, refunded=63_00)


def test_t20_what_is_held_divides_and_the_order_ends(tell: Callable[..., Story], agent: User) -> None:
    story = released(tell)
    end(story, agent, back=42_00)  # of 84.00: the rest is 40.00 and 2.00 fee
    story.expect(captured=147_00, refunded=42_00, released=54_00 + 36_00, commission=6_00 + 4_00, fees=3_00 + 2_00)
    story.expect_order("completed", "ended_by_support", "accepted", "cancelled", "not_started")


def test_t21_what_is_held_divides_and_the_order_goes_on_with_consent(tell: Callable[..., Story], agent: User) -> None:
    story = released(tell)
    end(story, agent, back=0, go_on=True)
    story.expect(captured=147_00, released=54_00 + 72_00, commission=6_00 + 8_00, fees=3_00 + 4_00)
    story.expect_order("awaiting_next_payment", "", "accepted", "cancelled", "action_required")
    story.pay()
    story.expect(captured=252_00, released=126_00, commission=14_00, fees=7_00, held=100_00, fee_held=5_00)


def test_line_20_one_accepted_one_escrowed_the_rest_never_starts(tell: Callable[..., Story], agent: User) -> None:
    story = released(tell)
    end(story, agent)
    story.expect(captured=147_00, refunded=84_00, released=54_00, commission=6_00, fees=3_00)
    story.expect_order("completed", "ended_by_support", "accepted", "cancelled", "not_started")


def test_line_20_the_next_one_is_being_charged(stripe: StripeDouble, tell: Callable[..., Story], agent: User) -> None:
    """What is in flight is settled first; the desk is told to wait, and then what came in goes back."""
    story = tell()
    story.pay()
    story.deliver()
    stripe.faults.add("lost_after", on="/confirm", times=3)
    story.accept_and_continue(settle=False)
    sweep_payments()
    story.expect(**FIRST_DONE)
    with pytest.raises(PaymentUnderWay):
        end(story, agent)
    story.expect(**FIRST_DONE)
    story.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
    travel(hours=1)
    story.work()
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, **SECOND)
    end(story, agent)
    story.expect(captured=147_00, refunded=84_00, released=54_00, commission=6_00, fees=3_00)


def test_line_20_the_next_one_is_being_charged_and_then_refused(
    stripe: StripeDouble, tell: Callable[..., Story], agent: User
) -> None:
    story = tell()
    story.pay()
    story.deliver()
    stripe.faults.add("late_failure", on="/confirm", seconds=600)
    story.accept_and_continue()
    story.expect(**FIRST_DONE)
    with pytest.raises(PaymentUnderWay):
        end(story, agent)
    story.expect(**FIRST_DONE)
    story.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
    travel(hours=1)
    story.work()
    story.expect(**FIRST_DONE)
    story.expect_order("awaiting_next_payment", "", "accepted", "payment_failed", "planned")
    end(story, agent)
    story.expect(**FIRST_DONE)
    story.expect_order("completed", "ended_by_support", "accepted", "not_started", "not_started")
    assert story.charged_at_stripe == 63_00


def test_after_all_went_back_the_seller_is_paid_nothing_for_it(tell: Callable[..., Story], agent: User) -> None:
    story = second_begun(tell())
    onboard(story.stripe, story.seller)
    give(story, agent, None)
    travel(days=8)
    sweep_payments()
    story.expect(captured=147_00, refunded=63_00, **SECOND)
    assert story.stripe.objects("transfer") == []
