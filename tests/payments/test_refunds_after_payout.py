"""Refunds of money that is on its way to the seller, or with them: never both from the same money (R-PAY-7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from payments.enums import RefundKind, RefundState, ReversalState, TransferState
from payments.models import Refund, Transfer, TransferReversal
from payments.services.refunding import request_refund
from payments.services.returning import submit_refund
from payments.services.sweeping import sweep_refunds, sweep_reversals, sweep_transfers
from payments.services.transferring import request_transfer
from tests.factories.accounts import make_seller
from tests.factories.payments import NOW, make_paid_charge
from tests.factories.payouts import again, make_transfer, onboard
from tests.payments.simulator_fixtures import StripeDouble
from tests.payments.test_partial_refunds import advance, balances, bounce

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]
PAID = {"captured": 8_400, "commission": 800, "fees": 400, "paid_out": 7_200}
HALF_LEFT = {"captured": 8_400, "commission": 400, "fees": 200}


@pytest.fixture
def seller(stripe: StripeDouble) -> User:
    user = make_seller("Selma Seller")
    onboard(stripe, user)
    return user


@pytest.fixture
def sent(stripe: StripeDouble, seller: User) -> Transfer:
    transfer = make_transfer(stripe, seller)
    sweep_transfers()
    assert again(transfer).state == TransferState.SUCCEEDED
    return again(transfer)


def ask(transfer: Transfer, amount: int | None = None) -> Refund:
    return request_refund(charge=transfer.charge, amount=amount, reason="Support gave it back", now=NOW)


def test_r_pay_7_after_the_payout_the_transfer_is_reversed_by_the_sellers_part(sent: Transfer) -> None:
    refund = ask(sent, 4_200)
    assert refund.kind == RefundKind.PAID_OUT
    assert balances() == {**HALF_LEFT, "paid_out": 7_200, "receivable": 3_600, "refunding": 4_200}
    assert not TransferReversal.objects.exists()  # the buyer first
    sweep_refunds()
    assert balances() == {**HALF_LEFT, "paid_out": 7_200, "receivable": 3_600, "refunded": 4_200}
    sweep_reversals()
    assert balances() == {**HALF_LEFT, "paid_out": 3_600, "refunded": 4_200}
    assert TransferReversal.objects.get().amount == 3_600


def test_r_pay_7_several_parts_reverse_no_more_than_was_sent(stripe: StripeDouble, sent: Transfer) -> None:
    for amount in (1, 2_799, 5_600):
        ask(sent, amount)
        sweep_refunds()
        sweep_reversals()
    assert balances() == {"captured": 8_400, "refunded": 8_400}
    assert sum(each["amount"] for each in stripe.objects("transfer_reversal")) == 7_200


def test_a_refund_while_the_transfer_is_on_its_way_never_takes_the_same_money(
    stripe: StripeDouble, seller: User
) -> None:
    transfer = make_transfer(stripe, seller)
    assert request_transfer(transfer_id=transfer.pk)
    refund = ask(transfer)
    assert refund.kind == RefundKind.PAID_OUT
    sweep_refunds()
    assert balances() == {"captured": 8_400, "refunded": 8_400, "on_the_way": 7_200, "receivable": 7_200}
    sweep_transfers()
    sweep_reversals()
    assert balances() == {"captured": 8_400, "refunded": 8_400}
    assert stripe.objects("transfer")[0]["amount_reversed"] == 7_200


def test_what_the_seller_can_not_give_back_is_owed_and_kept_from_the_next_payout(
    stripe: StripeDouble, seller: User, sent: Transfer
) -> None:
    ask(sent, 4_200)
    sweep_refunds()
    stripe.faults.add("no_balance", on="/reversals")
    sweep_reversals()
    assert balances() == {**HALF_LEFT, "paid_out": 7_200, "receivable": 3_600, "refunded": 4_200}
    following = make_transfer(stripe, seller, group="ord_2")
    sweep_transfers()
    assert (again(following).amount, again(following).netted) == (3_600, 3_600)
    assert balances("ord_2")["netted"] == 3_600


def test_a_refund_that_fails_at_once_leaves_no_debt(stripe: StripeDouble, sent: Transfer, time_passes: Pass) -> None:
    stripe.faults.add("late_failure", on="/v1/refunds", seconds=60)
    ask(sent)
    sweep_refunds()
    time_passes(timedelta(minutes=5))
    sweep_refunds()
    assert balances() == PAID
    assert not TransferReversal.objects.exists()


def test_one_that_fails_before_the_reversal_is_sent_takes_it_back(stripe: StripeDouble, sent: Transfer) -> None:
    refund = ask(sent, 4_200)
    submit_refund(refund_id=refund.pk)
    bounce(stripe, refund)
    sweep_reversals()
    assert TransferReversal.objects.get().state == ReversalState.FAILED
    assert balances() == PAID
    assert stripe.objects("transfer_reversal") == []


def test_one_that_fails_after_the_reversal_failed_pays_the_debt(stripe: StripeDouble, sent: Transfer) -> None:
    refund = ask(sent, 4_200)
    submit_refund(refund_id=refund.pk)
    stripe.faults.add("no_balance", on="/reversals")
    sweep_reversals()
    bounce(stripe, refund)
    assert balances() == PAID


def test_one_that_fails_after_the_money_was_taken_back_is_payable_and_can_be_tried_again(
    stripe: StripeDouble, sent: Transfer
) -> None:
    refund = ask(sent, 4_200)
    submit_refund(refund_id=refund.pk)
    sweep_reversals()
    bounce(stripe, refund)
    assert balances() == {"captured": 8_400, "commission": 800, "fees": 400, "paid_out": 3_600, "released": 3_600}
    assert again(sent).amount == 7_200
    second = ask(sent, 4_200)
    assert second.kind == RefundKind.RELEASED
    submit_refund(refund_id=second.pk)
    sweep_reversals()
    assert balances() == {**HALF_LEFT, "paid_out": 3_600, "refunded": 4_200}
    third = ask(sent)
    assert third.kind == RefundKind.PAID_OUT
    submit_refund(refund_id=third.pk)
    sweep_reversals()
    assert balances() == {"captured": 8_400, "refunded": 8_400}


@pytest.mark.parametrize("asked_at", [RefundKind.HELD, RefundKind.ACCRUED, RefundKind.RELEASED])
def test_one_that_was_asked_for_earlier_and_fails_after_the_payout_is_payable(
    stripe: StripeDouble, seller: User, asked_at: RefundKind
) -> None:
    charge = make_paid_charge(stripe, payee=seller)
    advance(charge, asked_at)
    refund = request_refund(charge=charge, amount=4_200, reason="Early", now=NOW)
    submit_refund(refund_id=refund.pk)
    advance(charge, RefundKind.RELEASED)
    Transfer.objects.update(clears_at=NOW, due_at=NOW)
    sweep_transfers()
    assert balances() == {**HALF_LEFT, "paid_out": 3_600, "refunded": 4_200}
    bounce(stripe, refund)
    assert balances() == {"captured": 8_400, "commission": 800, "fees": 400, "paid_out": 3_600, "released": 3_600}


def test_money_that_was_kept_for_a_debt_counts_as_sent(stripe: StripeDouble, seller: User, sent: Transfer) -> None:
    ask(sent)
    sweep_refunds()
    stripe.faults.add("no_balance", on="/reversals")
    sweep_reversals()
    following = make_transfer(stripe, seller, group="ord_2")
    sweep_transfers()
    assert (again(following).state, again(following).netted) == (TransferState.CLOSED, 7_200)
    refund = ask(following, 4_200)
    assert refund.kind == RefundKind.PAID_OUT
    sweep_refunds()
    sweep_reversals()
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUCCEEDED
    assert balances("ord_2")["receivable"] == 3_600
    bounce(stripe, refund)
    assert "receivable" not in balances("ord_2")
