"""Refunds on real connections at the same instant: one sum, one way (R-PAY-3, R-PAY-7)."""

from functools import partial

import pytest

from payments.enums import RefundState, TransferState
from payments.errors import RefundBeyondPayment
from payments.invariants import violations
from payments.models import Refund, Transfer
from payments.selectors import group_balances
from payments.services.adopting import adopt_refunds
from payments.services.refunding import request_refund
from payments.services.releasing import accrue_charge, release_charge
from payments.services.returning import settle_refund, submit_refund
from payments.services.sweeping import sweep_events, sweep_refunds, sweep_reversals, sweep_transfers
from payments.services.transferring import request_transfer
from tests.factories.accounts import make_seller
from tests.factories.payments import NOW, last_attempt, make_paid_charge
from tests.factories.payouts import make_transfer, onboard
from tests.payments.simulator_fixtures import StripeDouble
from tests.payments.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_r_pay_7_two_full_refunds_at_once_are_one(stripe: StripeDouble) -> None:
    for number in range(6):
        charge = make_paid_charge(stripe, group=f"ord_{number}")
        ask = partial(request_refund, charge=charge, amount=8_400, reason="Both at once", now=NOW)
        results = at_once(ask, ask)
        assert sum(isinstance(result, Refund) for result in results) == 1
        assert sum(isinstance(result, RefundBeyondPayment) for result in results) == 1
        on_its_way = group_balances(f"ord_{number}")
        assert (on_its_way.captured, on_its_way.refunding, on_its_way.refunded) == (8_400, 8_400, 0)
    sweep_refunds()
    assert len(stripe.objects("refund")) == 6
    for number in range(6):
        gone = group_balances(f"ord_{number}")
        assert (gone.captured, gone.refunding, gone.refunded) == (8_400, 0, 8_400)
    assert violations() == []


def test_r_pay_7_parts_at_once_never_add_up_to_more_than_was_paid(stripe: StripeDouble) -> None:
    charge = make_paid_charge(stripe)
    accrue_charge(charge=charge, commission_bp=1_000, now=NOW)
    results = at_once(*[partial(request_refund, charge=charge, amount=1_500, reason="A part", now=NOW)] * 8)
    assert sum(isinstance(result, Refund) for result in results) == 5
    at_once(*[sweep_refunds] * 3)
    assert group_balances("ord_1").refunded == 7_500
    assert violations() == []


def test_r_pay_7_a_refund_and_a_payout_at_once_never_take_the_same_money(stripe: StripeDouble) -> None:
    seller = make_seller("Selma Seller")
    onboard(stripe, seller)
    for number in range(6):
        transfer = make_transfer(stripe, seller, group=f"ord_{number}")
        at_once(
            partial(request_transfer, transfer_id=transfer.pk),
            partial(request_refund, charge=transfer.charge, amount=8_400, reason="Back", now=NOW),
        )
        for sweep in (sweep_refunds, sweep_transfers, sweep_reversals):
            sweep()
        money = group_balances(f"ord_{number}")
        assert (money.refunded, money.paid_out, money.receivable, money.released) == (8_400, 0, 0, 0)
    assert violations() == []


def test_one_dashboard_refund_seen_by_four_at_once_is_one(stripe: StripeDouble) -> None:
    for number in range(4):
        charge = make_paid_charge(stripe, group=f"ord_{number}")
        attempt = last_attempt(charge)
        stripe.refund_in_dashboard(attempt.payment_id or "", 4_200)
        stripe.deliver_webhooks()
        at_once(*[partial(adopt_refunds, attempt_id=attempt.pk)] * 3, sweep_events)
        assert Refund.objects.get(charge=charge).state == RefundState.SUCCEEDED
        assert group_balances(f"ord_{number}").refunded == 4_200
    assert violations() == []


def test_ours_and_one_from_the_dashboard_at_once_return_the_payment_once(stripe: StripeDouble) -> None:
    for number in range(4):
        charge = make_paid_charge(stripe, group=f"ord_{number}")
        attempt = last_attempt(charge)
        ours = request_refund(charge=charge, reason="Ours", now=NOW)
        at_once(
            partial(submit_refund, refund_id=ours.pk),
            partial(stripe.refund_in_dashboard, attempt.payment_id or "", 1),
        )
        adopt_refunds(attempt_id=attempt.pk)
        at_stripe = [each for each in stripe.objects("refund") if each["payment_intent"] == attempt.payment_id]
        assert group_balances(f"ord_{number}").refunded == sum(each["amount"] for each in at_stripe)
    assert violations() == []


def test_accepting_while_a_refund_fails_leaves_the_money_in_one_place(stripe: StripeDouble) -> None:
    for number in range(6):
        charge = make_paid_charge(stripe, group=f"ord_{number}")
        refund = request_refund(charge=charge, amount=4_200, reason="A part", now=NOW)
        submit_refund(refund_id=refund.pk)
        failed = stripe.fail_refund(Refund.objects.get(pk=refund.pk).provider_id or "")
        at_once(
            partial(accrue_charge, charge=charge, commission_bp=1_000, now=NOW),
            partial(settle_refund, refund_id=refund.pk, snapshot=stripe.gateway.get_refund(failed["id"])),
        )
        money = group_balances(f"ord_{number}")
        assert (money.held, money.accrued, money.commission_accrued, money.fee_accrued) == (0, 7_200, 800, 400)
    assert violations() == []


def test_releasing_while_a_refund_is_asked_for_divides_once(stripe: StripeDouble) -> None:
    for number in range(6):
        charge = make_paid_charge(stripe, group=f"ord_{number}")
        accrue_charge(charge=charge, commission_bp=1_000, now=NOW)
        at_once(
            partial(release_charge, charge=charge, clears_at=NOW, now=NOW),
            partial(request_refund, charge=charge, amount=4_200, reason="A part", now=NOW),
        )
        transfer = Transfer.objects.get(charge=charge)
        assert (transfer.state, transfer.amount) == (TransferState.WAITING, 3_600)
        assert group_balances(f"ord_{number}").released == 3_600
    assert violations() == []
