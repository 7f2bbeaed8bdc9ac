"""Taking a charge back: closed at Stripe first, and what was paid meanwhile stays paid (R-PAY-3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from payments import crash_points
from payments.enums import AttemptState, ChargeState, RefundState
from payments.models import Charge, ChargeAttempt, Refund
from payments.selectors import group_balances
from payments.services.charging import refresh_charge, withdraw_charge
from payments.services.refunding import request_refund
from payments.services.sweeping import sweep_announcements, sweep_events, sweep_refunds, sweep_withdrawals
from payments.services.withdrawing import carry_out_withdrawal
from payments.signals import ChargeResult
from tests.factories.payments import NOW, last_attempt, make_charge, make_saved_method, open_page, submit
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]


def withdraw(charge: Charge) -> Charge:
    withdraw_charge(charge=charge, now=NOW)
    carry_out_withdrawal(charge_id=charge.pk)
    return Charge.objects.get(pk=charge.pk)


def test_a_page_that_was_never_opened_needs_no_stripe(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    assert withdraw(make_charge()).state == ChargeState.WITHDRAWN
    assert stripe.adapter.exchanges == []
    assert [result.outcome for result in told] == ["withdrawn"]


def test_an_open_page_is_expired(stripe: StripeDouble) -> None:
    charge = make_charge()
    open_page(charge)
    assert withdraw(charge).state == ChargeState.WITHDRAWN
    assert [session["status"] for session in stripe.objects("checkout.session")] == ["expired"]


def test_a_declined_payment_is_cancelled(stripe: StripeDouble, buyer: User) -> None:
    charge = submit(make_charge(payer=buyer, method=make_saved_method(stripe, buyer, "works_then_declines")))
    assert withdraw(charge).state == ChargeState.WITHDRAWN
    intent = next(each for each in stripe.objects("payment_intent") if each["id"] == last_attempt(charge).payment_id)
    assert intent["status"] == "canceled"


def test_a_charge_that_no_worker_has_taken_is_never_sent(stripe: StripeDouble, buyer: User) -> None:
    charge = make_charge(payer=buyer, method=make_saved_method(stripe, buyer))
    assert withdraw(charge).state == ChargeState.WITHDRAWN
    assert submit(charge).state == ChargeState.WITHDRAWN
    assert group_balances("ord_1").captured == 0


def test_who_paid_before_the_withdrawal_reached_stripe_has_paid(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    charge = make_charge()
    url = open_page(charge)
    withdraw_charge(charge=charge, now=NOW)
    stripe.pay(url)
    carry_out_withdrawal(charge_id=charge.pk)
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
    assert [result.outcome for result in told] == ["succeeded"]
    assert group_balances("ord_1").held == 8_000


def test_r_pay_3_money_that_arrives_after_the_withdrawal_is_told_and_can_go_back(
    stripe: StripeDouble, told: list[ChargeResult]
) -> None:
    charge = make_charge()
    url = open_page(charge)
    ChargeAttempt.objects.filter(charge=charge).update(state=AttemptState.CLOSED)  # as if we had lost it
    assert withdraw(charge).state == ChargeState.WITHDRAWN
    stripe.pay(url)
    stripe.deliver_webhooks()
    sweep_events()
    late = Charge.objects.get(pk=charge.pk)
    assert late.state == ChargeState.SUCCEEDED
    assert [result.outcome for result in told] == ["withdrawn", "succeeded"]
    request_refund(charge=late, reason="The order had ended", now=NOW)
    sweep_refunds()
    balances = group_balances("ord_1")
    assert (balances.captured, balances.held, balances.fee_held, balances.refunded) == (8_400, 0, 0, 8_400)


def test_late_money_for_a_reference_that_was_charged_anew_goes_back_by_itself(stripe: StripeDouble) -> None:
    charge = make_charge(reference="mst_1")
    url = open_page(charge)
    ChargeAttempt.objects.filter(charge=charge).update(state=AttemptState.CLOSED)
    withdraw(charge)
    make_charge(payer=charge.payer, payee=charge.payee, reference="mst_1")
    stripe.pay(url)
    stripe.deliver_webhooks()
    sweep_events()
    sweep_refunds()
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.WITHDRAWN
    assert Refund.objects.get(charge=charge).state == RefundState.SUCCEEDED
    assert group_balances("ord_1").refunded == 8_400


def test_stripe_out_of_reach_leaves_it_to_the_sweep(stripe: StripeDouble, time_passes: Pass) -> None:
    charge = make_charge()
    open_page(charge)
    stripe.faults.add("lost_after", on="/expire", times=3)
    assert withdraw(charge).state == ChargeState.WITHDRAWING
    time_passes(timedelta(minutes=4))
    assert sweep_withdrawals() == 1
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.WITHDRAWN
    assert sweep_withdrawals() == 0


@pytest.mark.parametrize("point", ["withdraw:leased", "withdraw:closed", "withdraw:committed"])
def test_a_worker_killed_at_any_step_is_healed_by_the_sweep(
    stripe: StripeDouble, kill_at: Callable[[str], None], time_passes: Pass, told: list[ChargeResult], point: str
) -> None:
    charge = make_charge()
    open_page(charge)
    kill_at(point)
    with pytest.raises(Killed):
        withdraw(charge)
    time_passes(timedelta(minutes=4))
    sweep_withdrawals()
    sweep_announcements()
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.WITHDRAWN
    assert [result.outcome for result in told] == ["withdrawn"]


def test_what_opens_again_at_the_last_moment_keeps_the_withdrawal_open(stripe: StripeDouble) -> None:
    charge = make_charge()
    open_page(charge)

    def reopen(point: str) -> None:
        if point == "withdraw:closed":
            ChargeAttempt.objects.filter(charge=charge).update(state=AttemptState.LIVE)

    crash_points.arm(reopen)
    assert withdraw(charge).state == ChargeState.WITHDRAWING
    crash_points.arm(None)


def test_a_slow_bank_keeps_the_withdrawal_open_until_it_answers(stripe: StripeDouble, time_passes: Pass) -> None:
    charge = make_charge()
    stripe.faults.add("late_success", seconds=600)
    url = open_page(charge)
    withdraw_charge(charge=charge, now=NOW)
    stripe.pay(url)
    carry_out_withdrawal(charge_id=charge.pk)
    if Charge.objects.get(pk=charge.pk).state == ChargeState.WITHDRAWING:
        time_passes(timedelta(minutes=15))
        sweep_withdrawals()
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.SUCCEEDED
