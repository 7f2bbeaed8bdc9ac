"""What was paid twice goes back in full, by itself, however often its refund fails (R-PAY-3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from payments.enums import AttemptState, RefundState
from payments.invariants import violations
from payments.models import Charge, ChargeAttempt, LedgerAccount, Refund
from payments.selectors import due_surplus, group_balances
from payments.services.refunding import return_surplus_again
from payments.services.sweeping import sweep_disputes, sweep_events, sweep_refunds
from payments.timing import surplus_again
from tests.factories.payments import make_charge, open_page
from tests.payments.simulator_fixtures import StripeDouble
from tests.payments.test_invariants import bend

pytestmark = pytest.mark.django_db

Pass = Callable[[timedelta], None]


@pytest.fixture
def twice(stripe: StripeDouble) -> ChargeAttempt:
    """80.00 and 4.00 fee, paid on two pages; the refund of the second is asked for and not sent."""
    charge = make_charge()
    first = open_page(charge)
    ChargeAttempt.objects.filter(charge=charge).update(state=AttemptState.CLOSED)  # as if we had lost it
    second = open_page(charge)
    for page in (first, second):
        stripe.pay(page)
    stripe.deliver_webhooks()
    sweep_events()
    return ChargeAttempt.objects.get(charge=charge, state=AttemptState.SURPLUS)


def hear(stripe: StripeDouble) -> None:
    stripe.deliver_webhooks()
    sweep_events()
    sweep_refunds()


def bounce(stripe: StripeDouble) -> None:
    """The bank returns the newest refund."""
    sweep_refunds()
    stripe.fail_refund(Refund.objects.latest("pk").provider_id or "")
    hear(stripe)


def figures() -> tuple[int, int, int, int]:
    """surplus, refunding, refunded, lost"""
    now = group_balances("ord_1")
    return now.surplus, now.refunding, now.refunded, now.lost


def broken() -> set[str]:
    return {violation.invariant.name for violation in violations()}


def test_r_pay_3_one_that_fails_sets_off_again_after_1_3_7_and_30_days(
    stripe: StripeDouble, twice: ChargeAttempt, time_passes: Pass
) -> None:
    for number, days in enumerate([1, 3, 7, 30, 30], start=1):
        bounce(stripe)
        assert (Refund.objects.count(), figures()) == (number, (8_400, 0, 0, 0))
        time_passes(timedelta(days=days, seconds=-60))
        sweep_refunds()
        assert Refund.objects.count() == number
        time_passes(timedelta(seconds=61))
        sweep_refunds()
        assert (Refund.objects.count(), figures()) == (number + 1, (0, 0, 8_400, 0))
    assert len(set(Refund.objects.values_list("idempotency_key", flat=True))) == 6
    assert sweep_refunds() == 0
    assert broken() == set()


def test_r_pay_3_only_what_is_left_of_it_sets_off_again(
    stripe: StripeDouble, twice: ChargeAttempt, time_passes: Pass
) -> None:
    """20.00 of it had been refunded in the dashboard before ours was sent, so Stripe refused ours."""
    stripe.refund_in_dashboard(twice.payment_id or "", 2_000)
    sweep_refunds()
    hear(stripe)
    assert figures() == (6_400, 0, 2_000, 0)
    time_passes(timedelta(days=1, seconds=1))
    sweep_refunds()
    assert figures() == (0, 0, 8_400, 0)
    assert [(each.amount, each.state) for each in Refund.objects.all()] == [
        (8_400, "failed"), (2_000, "succeeded"), (6_400, "succeeded"),
    ]  # fmt: skip
    assert broken() == set()


def test_r_pay_3_nothing_sets_off_while_a_chargeback_of_it_is_open(
    stripe: StripeDouble, twice: ChargeAttempt, time_passes: Pass
) -> None:
    found = stripe.dispute(twice.payment_id or "")["id"]
    hear(stripe)
    assert figures() == (8_400, 0, 0, 0)
    time_passes(timedelta(days=10))
    assert return_surplus_again(attempt_id=twice.pk) is None
    assert broken() == set()
    stripe.close_dispute(found, won=True)
    hear(stripe)
    assert figures() == (0, 0, 8_400, 0)


def test_r_pay_3_two_sweeps_at_once_send_one(stripe: StripeDouble, twice: ChargeAttempt, time_passes: Pass) -> None:
    bounce(stripe)
    time_passes(timedelta(days=2))
    first = return_surplus_again(attempt_id=twice.pk)
    assert first is not None
    assert return_surplus_again(attempt_id=twice.pk) is None
    assert not due_surplus(first.due_at).exists()


def test_r_pay_7_a_surplus_refund_that_fails_after_the_loss_does_not_go_back_again(
    stripe: StripeDouble, twice: ChargeAttempt, time_passes: Pass
) -> None:
    stripe.faults.add("late_failure", on="/v1/refunds", seconds=86_400)
    sweep_refunds()
    found = stripe.dispute(twice.payment_id or "")["id"]
    stripe.close_dispute(found, won=False)
    hear(stripe)
    sweep_disputes()
    assert figures() == (0, 8_400, 0, 0)
    assert LedgerAccount.objects.get(kind="bad_debt").balance == 8_400
    time_passes(timedelta(days=2))
    hear(stripe)
    assert figures() == (0, 0, 0, 8_400)
    assert LedgerAccount.objects.get(kind="bad_debt").balance == 0
    time_passes(timedelta(days=60))
    hear(stripe)
    assert Refund.objects.count() == 1
    assert broken() == set()


def test_what_waits_is_no_fault_and_what_waits_for_nothing_is(stripe: StripeDouble, twice: ChargeAttempt) -> None:
    bounce(stripe)
    assert Refund.objects.get().state == RefundState.FAILED
    assert broken() == set()
    bend("UPDATE payments_refund SET due_at = now() - interval '61 minutes'")
    assert broken() == {"surplus_goes_back"}


def test_a_charge_that_was_paid_once_is_not_sent_back(stripe: StripeDouble, twice: ChargeAttempt) -> None:
    bounce(stripe)
    paid = Charge.objects.get().attempts.get(state=AttemptState.SUCCEEDED)
    assert return_surplus_again(attempt_id=paid.pk) is None


def test_the_wait_grows_to_thirty_days() -> None:
    assert [surplus_again(failures).days for failures in range(1, 7)] == [1, 3, 7, 30, 30, 30]
