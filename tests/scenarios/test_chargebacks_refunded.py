"""A refund fails after its chargeback was lost: the bank took what was on its way, so the loss takes it (R-PAY-7).

The sums are those of test_chargebacks: 60.00 and 3.00 fee, of which a third is 21.00.
"""

from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import User
from marketplace.kernel import clock
from notifications.models import Notification
from notifications.rendering import render_words
from orders import actors
from orders.enums import CancelReason
from orders.models import OrderHold
from orders.presenters.story import tell as tell_entry
from orders.services.ending import cancel
from orders.services.holding import lift_hold
from payments.enums import HoldKind
from payments.models import Dispute, LedgerAccount, Refund, Transfer
from payments.services.refunding import request_refund
from tests.factories.payouts import onboard
from tests.scenarios.story import Story, sweep_payments, travel
from tests.scenarios.test_chargebacks import A_THIRD, SECOND, STAGES, accrued, close, dispute, every_stage, released

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("arrived", [False, True], ids=["under_way", "arrived"])
@every_stage
def test_r_pay_7_a_refund_that_fails_after_the_loss_is_the_buyers_by_the_bank(
    tell: Callable[..., Story], stage: str, arrived: bool
) -> None:
    """All was on its way back, so the whole loss was ours; when the bank returns the refund, it is the charge's."""
    reach, _, lost, _ = STAGES[stage]
    story = reach(tell)
    gone = give(story, 63_00, arrives=arrived)
    close(story, dispute(story), won=False)
    refunding = {"refunded" if arrived else "refunding": 63_00}
    owed = {"paid_out": 54_00, "receivable": 54_00} if stage == "paid_out" and not arrived else {}
    story.expect(**{name: amount for name, amount in lost.items() if name != "lost"}, **refunding, **owed)
    assert written_off() == 63_00
    bounce(story, gone)
    story.expect(**lost)
    assert written_off() == 0
    row = Dispute.objects.get()
    assert (row.price_part, row.fee_part) == (60_00, 3_00)


@pytest.mark.parametrize(("back", "taken"), [(63_00, 21_00), (42_00, 42_00)], ids=["a_part_lost", "overlap"])
@every_stage
def test_r_pay_7_of_a_refund_that_fails_only_what_the_bank_has_is_lost(
    tell: Callable[..., Story], stage: str, back: int, taken: int
) -> None:
    story = STAGES[stage][0](tell)
    gone = give(story, back)
    close(story, dispute(story, amount=taken), won=False)
    assert written_off() == 21_00
    bounce(story, gone)
    story.expect(**(STAGES[stage][3] if taken == A_THIRD else _with_a_third_left(stage)))
    assert written_off() == 0


def test_r_pay_7_what_the_bank_has_already_is_never_paid_to_the_seller(tell: Callable[..., Story]) -> None:
    story = released(tell)
    onboard(story.stripe, story.seller)
    gone = give(story, 63_00)
    close(story, dispute(story), won=False)
    bounce(story, gone)
    travel(days=10)
    sweep_payments()
    assert (Transfer.objects.get().state, Transfer.objects.get().amount) == ("closed", 0)
    story.expect(**STAGES["released"][2])


def test_r_pay_5_what_comes_back_of_a_milestone_that_was_charged_back_is_released_with_the_order(
    tell: Callable[..., Story], agent: User
) -> None:
    """Under classic nothing is released before the end, and of that milestone nothing was left for a while."""
    story = accrued(tell)
    gone = give(story, 42_00)
    close(story, dispute(story, amount=21_00), won=False)
    assert story.states == ["charged_back", "in_progress", "planned"]
    bounce(story, gone)
    third = {"captured": 147_00, "lost": 21_00}
    waits = {"accrued": 36_00, "commission_accrued": 4_00, "fee_accrued": 2_00}
    story.expect(**third, **waits, **SECOND)
    lift(story, agent)
    story.deliver()
    story.accept_and_stop()
    story.expect(**third, released=108_00, commission=12_00, fees=6_00)
    assert story.states == ["charged_back", "accepted", "not_started"]


@pytest.mark.parametrize("late", [False, True], ids=["back_before_the_end", "back_after_the_end"])
@pytest.mark.parametrize("way", ["cancel_order", "cancel_unpaid", "decline_to_continue", "charge_back_and_cancel"])
def test_r_pay_5_what_comes_back_of_the_only_accepted_work_is_released_although_the_order_is_cancelled(
    tell: Callable[..., Story], agent: User, way: str, *, late: bool
) -> None:
    """The one accepted milestone was charged back, so nothing counts as accepted; what is left is the seller's."""
    story = accrued(tell)
    gone = give(story, 42_00)
    close(story, dispute(story, amount=21_00), won=False)
    if not late:
        bounce(story, gone)
    lift(story, agent)
    end = partial(cancel, actor=agent, reason=CancelReason.BOTH_AGREE, note="They agreed.")
    if way == "charge_back_and_cancel":
        close(story, dispute(story, position=2), won=False)
    else:
        end(order=story.order, continue_after=way != "cancel_order")
    if way == "decline_to_continue":
        story.stop()
    elif way == "cancel_unpaid":
        end(order=story.order)
    story.work()
    if late:
        bounce(story, gone)
    assert (story.order.state, story.order.timeline.filter(name=way).count()) == ("cancelled", 1)
    second = {"lost": 105_00} if way == "charge_back_and_cancel" else {"lost": 21_00, "refunded": 84_00}
    story.expect(captured=147_00, **second, released=36_00, commission=4_00, fees=2_00)
    onboard(story.stripe, story.seller)
    travel(days=8)
    sweep_payments()
    story.expect(captured=147_00, **second, paid_out=36_00, commission=4_00, fees=2_00)


@pytest.mark.parametrize("by_the_bank", [True, False], ids=["lost", "refunded"])
def test_r_pay_7_what_became_payable_of_a_sent_milestone_pays_what_is_owed_of_it(
    tell: Callable[..., Story], *, by_the_bank: bool
) -> None:
    """18.00 of 54.00 went back before the payout and came back after it; then all goes back: of the 54.00 that the
    seller gives, 36.00 are taken back and 18.00 were never sent.
    """
    story = released(tell)
    onboard(story.stripe, story.seller)
    gone = give(story, 21_00, arrives=True)
    travel(days=8)
    sweep_payments()
    bounce(story, gone)
    story.expect(captured=147_00, released=18_00, paid_out=36_00, commission=6_00, fees=3_00, **SECOND)
    if by_the_bank:
        close(story, dispute(story), won=False)
        story.work()
        story.expect(captured=147_00, lost=63_00, **SECOND)
    else:
        back = give(story, 63_00, arrives=True)
        story.expect(captured=147_00, refunded=63_00, **SECOND)
        bounce(story, back)
        story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, **SECOND)


def test_r_not_a_refund_that_fails_after_the_loss_says_who_has_it(tell: Callable[..., Story], agent: User) -> None:
    story = released(tell)
    gone = give(story, 63_00)
    close(story, dispute(story), won=False)
    bounce(story, gone)
    notices = Notification.objects.filter(kind__startswith="refund_")
    bodies = {each.recipient.first_name: render_words(each, reader=each.recipient).body for each in notices}
    assert "Your bank took $63.00 of it back by the chargeback, and that stays with you." in bodies["Bruno"]
    assert "The buyer’s bank took $63.00 of it back by the chargeback" in bodies["Selma"]
    assert "yours again" not in bodies["Selma"]
    assert "The buyer has $63.00 of it by a lost chargeback already" in bodies[agent.first_name]
    entry = story.order.timeline.get(name="refund_failed")
    said = [tell_entry(entry, order=story.order, reader=reader).text for reader in (story.buyer, story.seller)]
    begin, end = "The refund for ‘Step 1’ did not arrive: the bank had given ", " back by the chargeback."
    assert said == [f"{begin}$63.00 of it{end}", f"{begin}it{end}"]


def give(story: Story, amount: int, *, arrives: bool = False) -> Refund:
    """Of the first milestone; without `arrives` the bank is slow about it, and returns it a day later."""
    charge = story.milestone(1).charge
    assert charge is not None
    if not arrives:
        story.stripe.faults.add("late_failure", on="/v1/refunds", seconds=86_400)
    refund = request_refund(charge=charge, amount=amount, reason="Not as agreed", now=clock.now())
    story.work()
    return refund


def bounce(story: Story, refund: Refund) -> None:
    """The bank returns it."""
    refund.refresh_from_db()
    if refund.state == "succeeded":
        story.stripe.fail_refund(refund.provider_id or "")
    else:
        travel(days=1, hours=1)
    story.work()
    refund.refresh_from_db()
    assert refund.state == "failed"


def lift(story: Story, agent: User) -> None:
    """Support lets the order go on."""
    for hold in OrderHold.objects.filter(lifted_at=None):
        actor = actors.agent(agent, story.order)
        lift_hold(order=story.order, kind=HoldKind(hold.kind), reference=hold.reference, actor=actor)


def written_off() -> int:
    return sum(LedgerAccount.objects.filter(kind="bad_debt").values_list("balance", flat=True))


def _with_a_third_left(stage: str) -> dict[str, int]:
    """What two thirds lost leave: a third of each sum before."""
    before, second = STAGES[stage][1], SECOND if stage != "held" else {}
    own = {name: (amount - second.get(name, 0)) // 3 for name, amount in before.items() if name != "captured"}
    return {name: amount + second.get(name, 0) for name, amount in own.items()} | {
        "captured": before["captured"],
        "lost": 42_00,
    }
