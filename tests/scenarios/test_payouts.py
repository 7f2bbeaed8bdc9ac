"""How sellers are paid, told to the cent: each step asserts every balance (R-PAY-5, T25, stripe.md §10 lines 16-18).

Milestones of 60.00, 80.00 and 100.00; 10 % commission, 5 % buyer fee with each charge, 7 clearance days. Of the first,
54.00 are the seller's.
"""

import pytest
from django.core.management import call_command

from accounts.models import User
from marketplace.web.clock import database_now
from notifications.models import Notification
from orders.enums import CancelReason
from orders.services.giving_back import give_back
from payments import crash_points
from payments.enums import HoldKind, TransferState
from payments.models import ConnectedAccount, Transfer
from payments.services.holding import lift_payout_hold, place_payout_hold
from payments.services.onboarding import begin_onboarding
from payments.services.transferring import submit_transfer
from payments.tasks import sweep_accounts, sweep_refunds
from tests.factories.milestones import put_in_force
from tests.factories.payouts import PAGE, onboard
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moving_clock")]

SECOND = {"held": 80_00, "fee_held": 4_00}  # paid and under way
EARNED = {"captured": 147_00, "commission": 6_00, "fees": 3_00, **SECOND}
BEFORE, AT_LAST = {**EARNED, "released": 54_00}, {**EARNED, "paid_out": 54_00}


@pytest.fixture
def story(stripe: StripeDouble, buyer: User, seller: User) -> Story:
    """The first milestone is accepted and released, the second paid and under way."""
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
    story.pay()
    story.expect(captured=63_00, held=60_00, fee_held=3_00)
    story.deliver()
    story.accept_and_continue()
    story.expect(**BEFORE)
    return story


def transfer() -> Transfer:
    return Transfer.objects.get()


def sent(stripe: StripeDouble) -> list[int]:
    return [each["amount"] for each in stripe.objects("transfer")]


def kinds(user: User) -> list[str]:
    notices = Notification.objects.filter(recipient=user, kind__startswith="payout")
    return list(notices.order_by("pk").values_list("kind", flat=True))


def give(story: Story, agent: User, amount: int) -> None:
    """Support sends a part of the first milestone's charge back, and the workers do it."""
    give_back(
        milestone=story.milestone(1), actor=agent, amount=amount, reason=CancelReason.BOTH_AGREE, note="They agreed."
    )
    story.work()


def test_r_pay_5_not_onboarded_waits_onboarded_is_paid(story: Story, stripe: StripeDouble, seller: User) -> None:
    travel(days=6.9)
    story.work()
    story.expect(**BEFORE)
    assert kinds(seller) == []
    travel(days=0.2)
    story.work()
    story.expect(**BEFORE)
    assert kinds(seller) == ["payout_waits"]

    begin_onboarding(user=seller, country="US", now=database_now(), **PAGE)
    travel(hours=1)
    story.work()
    story.expect(**BEFORE)
    stripe.onboard(ConnectedAccount.objects.get().stripe_id or "")
    story.work()
    story.expect(**AT_LAST)
    assert (kinds(seller), sent(stripe)) == (["payout_waits", "payout_sent"], [54_00])


def test_r_pay_5_each_milestone_clears_on_its_own(story: Story, stripe: StripeDouble, seller: User) -> None:
    onboard(stripe, seller)
    travel(days=4)
    story.deliver()
    story.accept_and_continue()
    two = {"captured": 252_00, "commission": 14_00, "fees": 7_00, "held": 100_00, "fee_held": 5_00}
    story.expect(**two, released=126_00)
    travel(days=3.1)
    story.work()
    story.expect(**two, released=72_00, paid_out=54_00)
    travel(days=4)
    story.work()
    story.expect(**two, paid_out=126_00)
    assert sent(stripe) == [54_00, 72_00]


def test_r_pol_3_under_classic_all_clears_from_the_end(stripe: StripeDouble, buyer: User, seller: User) -> None:
    put_in_force("classic")
    onboard(stripe, seller)
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    story.pay()
    story.deliver()
    story.accept_and_continue()
    accrued = {"captured": 147_00, "accrued": 54_00, "commission_accrued": 6_00, "fee_accrued": 3_00}
    travel(days=10)
    story.work()
    story.expect(**accrued, **SECOND)
    story.deliver()
    story.accept_and_finish()
    ended = {"captured": 147_00, "commission": 14_00, "fees": 7_00}
    story.expect(**ended, released=126_00)
    travel(days=6.9)
    story.work()
    story.expect(**ended, released=126_00)
    travel(days=0.2)
    story.work()
    story.expect(**ended, paid_out=126_00)
    assert sent(stripe) == [54_00, 72_00]


def test_r_pay_5_capability_lost_in_between_and_regained(story: Story, stripe: StripeDouble, seller: User) -> None:
    account = onboard(stripe, seller)
    travel(days=7.1)
    stripe.onboard(account.stripe_id or "", "document")
    submit_transfer(transfer_id=transfer().pk)  # before we hear of it
    story.expect(**BEFORE)
    assert (transfer().state, transfer().failure) == (
        TransferState.WAITING,
        "insufficient_capabilities_for_transfer",
    )
    story.work()
    travel(days=3)
    story.work()
    story.expect(**BEFORE)
    assert kinds(seller)[0] == "payout_account_needs_you"
    stripe.onboard(account.stripe_id or "")
    story.work()
    story.expect(**AT_LAST)
    assert sent(stripe) == [54_00]


@pytest.mark.parametrize(("kind", "made"), [("lost_before", 0), ("lost_after", 1)])
@pytest.mark.parametrize("hours", [1, 25])
def test_r_pay_3_a_time_out_is_never_a_second_payment(
    story: Story, stripe: StripeDouble, seller: User, kind: str, made: int, hours: int
) -> None:
    """Within the life of the key it is sent again; 25 h later it is looked up first."""
    onboard(stripe, seller)
    travel(days=7.1)
    stripe.faults.add(kind, on="POST /v1/transfers", times=3)
    submit_transfer(transfer_id=transfer().pk)
    story.expect(**EARNED, on_the_way=54_00)
    assert sent(stripe) == [54_00] * made
    travel(hours=hours)
    story.work()
    travel(hours=1)
    story.work()
    story.expect(**AT_LAST)
    assert sent(stripe) == [54_00]


def test_r_pay_3_duplicate_tasks_and_a_dead_worker_pay_once(story: Story, stripe: StripeDouble, seller: User) -> None:
    onboard(stripe, seller)
    travel(days=7.1)
    died: list[str] = []

    def die(point: str) -> None:
        if point == "transfer:sent" and not died:
            died.append(point)
            raise KeyboardInterrupt

    crash_points.arm(die)
    try:
        with pytest.raises(KeyboardInterrupt):
            submit_transfer(transfer_id=transfer().pk)
    finally:
        crash_points.arm(None)
    story.expect(**EARNED, on_the_way=54_00)
    for _ in range(3):
        submit_transfer(transfer_id=transfer().pk)
    travel(hours=1)
    for _ in range(3):
        submit_transfer(transfer_id=transfer().pk)
    story.work()
    story.expect(**AT_LAST)
    assert (sent(stripe), kinds(seller)) == ([54_00], ["payout_sent"])


def test_r_pay_5_held_while_a_case_is_open(story: Story, stripe: StripeDouble, seller: User) -> None:
    onboard(stripe, seller)
    group, case = story.order.public_id, HoldKind.CASE
    place_payout_hold(group=group, kind=case, reference="case_1", reason="late", now=database_now())
    travel(days=20)
    story.work()
    story.expect(**BEFORE)
    lift_payout_hold(group=group, kind=case, reference="case_1", now=database_now())
    story.work()
    story.expect(**AT_LAST)
    assert kinds(seller) == ["payout_held", "payout_sent"]


def test_r_pay_7_a_refund_before_it_is_sent_leaves_less_to_send(
    story: Story, stripe: StripeDouble, seller: User, agent: User
) -> None:
    """21.00 go back: 1.00 fee, 2.00 commission, 18.00 the seller's."""
    onboard(stripe, seller)
    give(story, agent, 21_00)
    left = {"captured": 147_00, "refunded": 21_00, "commission": 4_00, "fees": 2_00, **SECOND}
    story.expect(**left, released=36_00)
    travel(days=7.1)
    story.work()
    story.expect(**left, paid_out=36_00)
    assert sent(stripe) == [36_00]


def test_r_pay_7_a_refund_meets_the_transfer_on_its_way(
    story: Story, stripe: StripeDouble, seller: User, agent: User
) -> None:
    """Line 16: never both from the same money. The refund goes by what the seller owes, and that is taken back."""
    onboard(stripe, seller)
    travel(days=7.1)
    stripe.faults.add("lost_after", on="POST /v1/transfers", times=3)
    submit_transfer(transfer_id=transfer().pk)
    give_back(milestone=story.milestone(1), actor=agent, amount=63_00, reason=CancelReason.BOTH_AGREE, note="Agreed.")
    sweep_refunds()
    gone = {"captured": 147_00, "refunded": 63_00, **SECOND}
    story.expect(**gone, on_the_way=54_00, receivable=54_00)
    travel(hours=1)
    story.work()
    story.expect(**gone)
    assert [each["amount"] for each in stripe.objects("transfer_reversal")] == [54_00]


def test_r_pay_7_a_refund_after_the_payout_is_taken_back(
    story: Story, stripe: StripeDouble, seller: User, agent: User
) -> None:
    onboard(stripe, seller)
    travel(days=7.1)
    story.work()
    story.expect(**AT_LAST)
    give(story, agent, 21_00)
    story.expect(captured=147_00, refunded=21_00, paid_out=36_00, commission=4_00, fees=2_00, **SECOND)
    assert [each["amount"] for each in stripe.objects("transfer_reversal")] == [18_00]


def test_r_pay_7_what_can_not_be_taken_back_is_kept_from_the_next_payout(
    story: Story, stripe: StripeDouble, seller: User, agent: User
) -> None:
    """Line 18: the buyer has the money at once; the seller's account has not got it, so the next payout pays."""
    onboard(stripe, seller)
    travel(days=7.1)
    story.work()
    stripe.faults.add("no_balance", on="/reversals")
    give(story, agent, 63_00)
    gone = {"captured": 147_00, "refunded": 63_00}
    story.expect(**gone, paid_out=54_00, receivable=54_00, **SECOND)
    story.deliver()
    story.accept_and_continue()
    third = {"captured": 252_00, "refunded": 63_00, "commission": 8_00, "fees": 4_00, "held": 100_00, "fee_held": 5_00}
    story.expect(**third, paid_out=54_00, receivable=54_00, released=72_00)
    travel(days=7.1)
    story.work()
    story.expect(**third, paid_out=72_00, netted=54_00, receivable=54_00)
    assert sent(stripe) == [54_00, 18_00]


def test_r_pay_5_deauthorised_and_tied_again(story: Story, stripe: StripeDouble, seller: User) -> None:
    account = onboard(stripe, seller)
    travel(days=7.1)
    stripe.deauthorize(account.stripe_id or "")
    submit_transfer(transfer_id=transfer().pk)  # before we hear of it
    story.expect(**BEFORE)
    assert (transfer().state, transfer().failure) == (TransferState.WAITING, "account_missing")
    story.work()
    travel(hours=2)
    story.work()
    story.expect(**BEFORE)
    assert ConnectedAccount.objects.get().disabled_reason == "deauthorized"
    assert (kinds(seller)[0], sent(stripe)) == ("payout_account_needs_you", [])
    stripe.simulator.store.delete("deauthorized", account.stripe_id or "")
    stripe.simulator.store.commit()
    sweep_accounts()
    story.work()
    story.expect(**AT_LAST)
    assert sent(stripe) == [54_00]


def test_r_pay_5_too_little_money_at_stripe_goes_when_there_is_enough(
    story: Story, stripe: StripeDouble, seller: User
) -> None:
    onboard(stripe, seller)
    travel(days=7.1)
    stripe.faults.add("no_balance", on="POST /v1/transfers")
    story.work()
    story.expect(**BEFORE)
    assert (transfer().state, transfer().failure) == (TransferState.WAITING, "balance_insufficient")
    travel(hours=2)
    story.work()
    story.expect(**AT_LAST)
    assert (kinds(seller), sent(stripe)) == (["payout_sent"], [54_00])


def test_r_pay_5_refused_by_stripe_and_taken_after_all(story: Story, stripe: StripeDouble, seller: User) -> None:
    account = onboard(stripe, seller)
    stripe.onboard(account.stripe_id or "", "refused")
    travel(days=8)
    story.work()
    story.expect(**BEFORE)
    stripe.onboard(account.stripe_id or "")
    sweep_accounts()  # its webhook was lost, and can't be listed
    story.work()
    story.expect(**AT_LAST)


def test_a_transfer_reversed_in_the_dashboard_is_found(story: Story, stripe: StripeDouble, seller: User) -> None:
    onboard(stripe, seller)
    travel(days=7.1)
    story.work()
    stripe.gateway.reverse_transfer(
        reversal_ref="", transfer_id=transfer().provider_id or "", amount=10_00, idempotency_key="by hand"
    )
    story.work()
    story.expect(**EARNED, paid_out=44_00, released=10_00)


def test_check_ledger_agrees_after_it_all(story: Story, stripe: StripeDouble, seller: User, agent: User) -> None:
    onboard(stripe, seller)
    travel(days=7.1)
    story.work()
    give(story, agent, 21_00)
    call_command("check_ledger")
