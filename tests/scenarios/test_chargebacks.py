"""A bank takes money back: each balance at each step, wherever the money stood (R-PAY-7, stripe.md §10 line 19).

The first milestone costs 60.00 and 3.00 fee; 6.00 of it is commission, 54.00 the seller's. The bank takes all of it, or
a third: 21.00, of which 1.00 is fee, 2.00 commission and 18.00 the seller's.
"""

from collections.abc import Callable

import pytest

from accounts.models import User
from notifications.models import Notification
from orders.models import OrderHold
from orders.services.ending import cancel
from payments.enums import AccountKind
from payments.errors import ChargeDisputed
from payments.models import Dispute, Posting, Transfer, TransferReversal
from tests.factories.payouts import onboard
from tests.scenarios.story import Story, sweep_payments, travel

pytestmark = pytest.mark.django_db

ALL, A_THIRD = None, 21_00
SECOND = {"held": 80_00, "fee_held": 4_00}  # the second milestone, paid and under way


def held(tell: Callable[..., Story]) -> Story:
    story = tell()
    story.pay()
    return story


def accrued(tell: Callable[..., Story]) -> Story:
    """The classic policy releases nothing before the order is completed."""
    return second_begun(tell("classic"))


def released(tell: Callable[..., Story]) -> Story:
    return second_begun(tell())


def paid_out(tell: Callable[..., Story]) -> Story:
    story = second_begun(tell())
    onboard(story.stripe, story.seller)
    travel(days=8)
    sweep_payments()
    return story


def second_begun(story: Story) -> Story:
    story.pay()
    story.deliver()
    story.accept_and_continue()
    return story


# where the money stands -> the balances before the dispute, lost in full, lost by a third
STAGES: dict[str, tuple[Callable[..., Story], dict[str, int], dict[str, int], dict[str, int]]] = {
    "held": (
        held,
        {"captured": 63_00, "held": 60_00, "fee_held": 3_00},
        {"captured": 63_00, "lost": 63_00},
        {"captured": 63_00, "held": 40_00, "fee_held": 2_00, "lost": 21_00},
    ),
    "accrued": (
        accrued,
        {"captured": 147_00, "accrued": 54_00, "commission_accrued": 6_00, "fee_accrued": 3_00, **SECOND},
        {"captured": 147_00, "lost": 63_00, **SECOND},
        {
            "captured": 147_00, "accrued": 36_00, "commission_accrued": 4_00, "fee_accrued": 2_00, "lost": 21_00,
            **SECOND,
        },
    ),
    "released": (
        released,
        {"captured": 147_00, "released": 54_00, "commission": 6_00, "fees": 3_00, **SECOND},
        {"captured": 147_00, "lost": 63_00, **SECOND},
        {"captured": 147_00, "released": 36_00, "commission": 4_00, "fees": 2_00, "lost": 21_00, **SECOND},
    ),
    "paid_out": (
        paid_out,
        {"captured": 147_00, "paid_out": 54_00, "commission": 6_00, "fees": 3_00, **SECOND},
        {"captured": 147_00, "lost": 63_00, **SECOND},
        {"captured": 147_00, "paid_out": 36_00, "commission": 4_00, "fees": 2_00, "lost": 21_00, **SECOND},
    ),
}  # fmt: skip
every_stage = pytest.mark.parametrize("stage", STAGES)
every_sum = pytest.mark.parametrize("amount", [ALL, A_THIRD], ids=["all", "a_third"])


@every_sum
@every_stage
def test_r_pay_7_won_everything_is_where_it_was(tell: Callable[..., Story], stage: str, amount: int | None) -> None:
    reach, before, _, _ = STAGES[stage]
    story = reach(tell)
    story.expect(**before)
    states = story.states
    found = dispute(story, amount=amount)
    story.expect(**before, disputed=amount or 63_00)
    assert story.order.held_since is not None
    close(story, found, won=True)
    story.expect(**before)
    assert story.order.held_since is None
    assert story.states == states
    assert fees_of_disputes(story) == 15_00


@every_sum
@every_stage
def test_r_pay_7_lost_it_comes_out_of_where_it_stood(
    tell: Callable[..., Story], stage: str, amount: int | None
) -> None:
    reach, before, lost, lost_a_third = STAGES[stage]
    story = reach(tell)
    found = dispute(story, amount=amount)
    story.expect(**before, disputed=amount or 63_00)
    close(story, found, won=False)
    story.expect(**(lost_a_third if amount else lost))
    assert fees_of_disputes(story) == 15_00
    row = Dispute.objects.get()
    assert (row.kind, row.price_part + row.fee_part) == (stage, amount or 63_00)
    assert story.states[0] == ("charged_back" if amount is None else "in_progress" if stage == "held" else "accepted")


@every_stage
def test_r_pay_7_an_inquiry_moves_no_money_and_stops_no_work(tell: Callable[..., Story], stage: str) -> None:
    reach, before, _, _ = STAGES[stage]
    story = reach(tell)
    found = dispute(story, inquiry=True)
    story.expect(**before)
    assert story.order.held_since is None
    close(story, found, won=False)
    story.expect(**before)
    assert Dispute.objects.get().state == "closed"
    assert fees_of_disputes(story) == 0


@every_stage
def test_r_pay_7_an_inquiry_that_grows_is_a_chargeback(tell: Callable[..., Story], stage: str) -> None:
    reach, before, lost, _ = STAGES[stage]
    story = reach(tell)
    found = dispute(story, inquiry=True)
    story.stripe.escalate_dispute(found)
    hear(story)
    story.expect(**before, disputed=63_00)
    assert story.order.held_since is not None
    close(story, found, won=False)
    story.expect(**lost)


def test_r_pay_5_what_was_released_is_not_paid_out_while_it_is_open(tell: Callable[..., Story]) -> None:
    story = released(tell)
    onboard(story.stripe, story.seller)
    found = dispute(story)
    travel(days=8)
    sweep_payments()
    story.expect(**STAGES["released"][1], disputed=63_00)
    assert Transfer.objects.get().state == "waiting"
    close(story, found, won=True)
    travel(hours=1)
    sweep_payments()
    story.expect(**STAGES["paid_out"][1])


def test_r_pay_7_what_the_seller_spent_stays_owed(tell: Callable[..., Story]) -> None:
    story = paid_out(tell)
    found = dispute(story)
    story.stripe.faults.add("no_balance", on="/reversals", times=9)
    close(story, found, won=False)
    assert TransferReversal.objects.get().state == "failed"
    story.expect(captured=147_00, paid_out=54_00, receivable=54_00, lost=63_00, **SECOND)


def test_r_pay_7_only_what_was_left_is_taken_and_the_rest_is_our_loss(tell: Callable[..., Story]) -> None:
    """20.00 had gone back in the provider's dashboard; the bank takes the whole 63.00 all the same."""
    story = held(tell)
    story.stripe.refund_in_dashboard(payment(story), 20_00)
    hear(story)
    close(story, dispute(story), won=False)
    story.expect(captured=63_00, refunded=20_00, lost=43_00)
    story.expect_order("cancelled", "", "charged_back", "not_started", "not_started")


# --- The order --------------------------------------------------------------------------------------------------------
def test_r_ord_4_lost_under_way_with_nothing_accepted_cancels(tell: Callable[..., Story]) -> None:
    story = held(tell)
    close(story, dispute(story), won=False)
    story.expect_order("cancelled", "", "charged_back", "not_started", "not_started")
    assert (story.order.held_since, standing(story)) == (None, [])


def test_r_ord_4_lost_under_way_after_an_acceptance_completes(tell: Callable[..., Story]) -> None:
    story = accrued(tell)
    close(story, dispute(story, 2), won=False)
    story.expect_order("completed", "ended_by_support", "accepted", "charged_back", "not_started")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, lost=84_00)
    assert standing(story) == []


def test_t24_lost_earlier_keeps_the_hold_for_support_to_decide(tell: Callable[..., Story], agent: User) -> None:
    """process.md: a chargeback on M1 while M2 runs."""
    story = released(tell)
    close(story, dispute(story), won=False)
    story.expect_order("active", "", "charged_back", "in_progress", "planned")
    assert standing(story) == ["support"]
    cancel(order=story.order, actor=agent, reason="fraud", note="The bank decided against us.")  # type: ignore[arg-type]
    sweep_payments()
    story.expect_order("cancelled", "", "charged_back", "cancelled", "not_started")
    story.expect(captured=147_00, lost=63_00, refunded=84_00)


def test_t24_a_completed_order_stays_completed(tell: Callable[..., Story]) -> None:
    story = tell()
    story.pay()
    story.deliver()
    story.accept_and_stop()
    found = dispute(story)
    assert standing(story) == ["chargeback"]
    close(story, found, won=False)
    story.expect_order("completed", "stopped", "charged_back", "not_started", "not_started")
    story.expect(captured=63_00, lost=63_00)
    assert standing(story) == []


def test_r_pay_7_the_disputed_milestone_can_not_be_refunded_as_well(tell: Callable[..., Story], agent: User) -> None:
    story = held(tell)
    dispute(story)
    with pytest.raises(ChargeDisputed):
        cancel(order=story.order, actor=agent, reason="fraud", note="They asked.")  # type: ignore[arg-type]
    story.expect(**STAGES["held"][1], disputed=63_00)
    story.expect_order("active", "", "in_progress", "planned", "planned")


def test_r_not_everybody_is_told_once_and_each_their_own(tell: Callable[..., Story], agent: User) -> None:
    story = held(tell)
    close(story, dispute(story), won=False)
    hear(story)
    told = {(n.recipient.first_name, n.kind, n.data.get("event", "")) for n in Notification.objects.all()}
    ours = {each for each in told if each[1] in ("order_on_hold", "milestone_charged_back", "chargeback_news")}
    assert ours == {
        ("Bruno", "order_on_hold", ""),
        ("Selma", "order_on_hold", ""),
        ("Bruno", "milestone_charged_back", ""),
        ("Selma", "milestone_charged_back", ""),
        ("Agnes", "chargeback_news", "opened"),
        ("Agnes", "chargeback_news", "lost"),
    }


# --- Lost, late and doubled news --------------------------------------------------------------------------------------
@pytest.mark.parametrize("won", [True, False])
def test_r_pay_3_only_the_last_news_arrives(tell: Callable[..., Story], won: bool) -> None:
    """The opening was never heard of: the hourly listing brings everything at once."""
    story = held(tell)
    found = str(story.stripe.dispute(payment(story))["id"])
    story.stripe.close_dispute(found, won=won)
    hear(story)
    _, before, lost, _ = STAGES["held"]
    story.expect(**(before if won else lost))
    assert (Dispute.objects.get().state, standing(story)) == ("won" if won else "lost", [])


def test_r_pay_3_a_dispute_whose_webhooks_are_all_lost_is_found_by_the_listing(tell: Callable[..., Story]) -> None:
    from payments.tasks import sweep_stripe_events

    story = held(tell)
    found = str(story.stripe.dispute(payment(story))["id"])
    sweep_stripe_events()
    sweep_payments()
    story.expect(**STAGES["held"][1], disputed=63_00)
    story.stripe.close_dispute(found, won=False)
    travel(hours=7)
    sweep_payments()  # asked again by itself
    story.expect(**STAGES["held"][2])


# --- Telling ----------------------------------------------------------------------------------------------------------
def hear(story: Story) -> None:
    story.stripe.deliver_webhooks()
    sweep_payments()


def payment(story: Story, position: int = 1) -> str:
    charge = story.milestone(position).charge
    assert charge is not None
    return str(charge.attempts.get(state="succeeded").payment_id)


def dispute(story: Story, position: int = 1, *, amount: int | None = None, inquiry: bool = False) -> str:
    found = story.stripe.dispute(payment(story, position), amount=amount, inquiry=inquiry)
    hear(story)
    return str(found["id"])


def close(story: Story, found: str, *, won: bool) -> None:
    story.stripe.close_dispute(found, won=won)
    hear(story)


def standing(story: Story) -> list[str]:
    return list(OrderHold.objects.filter(order=story.order, lifted_at=None).values_list("kind", flat=True))


def fees_of_disputes(story: Story) -> int:
    """By the ledger: what the provider kept for disputes about the order, won or lost."""
    lines = Posting.objects.filter(entry__group=story.order.public_id, account__kind=AccountKind.DISPUTE_FEES)
    return sum(line.amount for line in lines)
