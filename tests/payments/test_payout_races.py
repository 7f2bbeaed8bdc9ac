"""Paying sellers from real connections at the same instant: one transfer, one booking, a debt kept once (R-PAY-3)."""

from functools import partial

import pytest

from marketplace.web.clock import database_now
from payments.enums import HoldKind, TransferState
from payments.invariants import violations
from payments.models import JournalEntry
from payments.selectors import group_balances
from payments.services.holding import lift_payout_hold, place_payout_hold
from payments.services.refunding import request_refund
from payments.services.reversing import submit_reversal
from payments.services.sweeping import sweep_refunds, sweep_reversals, sweep_transfers
from payments.services.transferring import submit_transfer
from tests.factories.accounts import make_seller
from tests.factories.payments import NOW
from tests.factories.payouts import again, make_transfer, onboard, owe
from tests.payments.simulator_fixtures import StripeDouble
from tests.payments.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_r_pay_3_workers_at_the_same_instant_make_one_transfer(stripe: StripeDouble) -> None:
    seller = make_seller("Selma Seller")
    onboard(stripe, seller)
    for number in range(4):
        transfer = make_transfer(stripe, seller, group=f"ord_{number}")
        at_once(*[partial(submit_transfer, transfer_id=transfer.pk)] * 4, sweep_transfers)
        assert again(transfer).state == TransferState.SUCCEEDED
        assert group_balances(f"ord_{number}").paid_out == 7_200
    assert len(stripe.objects("transfer")) == 4


def test_two_payouts_at_once_keep_what_is_owed_once(stripe: StripeDouble) -> None:
    """Both see the same debt; the accounts' lock lets only one keep it."""
    seller = make_seller("Selma Seller")
    onboard(stripe, seller)
    for number in range(3):
        first = make_transfer(stripe, seller, group=f"ord_paid_{number}")
        sweep_transfers()
        owe(stripe, first)
        two = [make_transfer(stripe, seller, group=f"ord_{number}_{each}") for each in "ab"]
        at_once(*[partial(submit_transfer, transfer_id=transfer.pk) for transfer in two])
        sweep_transfers()
        kept = sorted((again(transfer).netted, again(transfer).state) for transfer in two)
        assert kept == [(0, TransferState.SUCCEEDED), (7_200, TransferState.CLOSED)]
    assert violations() == []


def test_a_hold_and_a_payout_at_once_end_one_way(stripe: StripeDouble) -> None:
    """Either it was on its way before the hold, or it waits; never half of both."""
    seller = make_seller("Selma Seller")
    onboard(stripe, seller)
    for number in range(4):
        group = f"ord_{number}"
        transfer = make_transfer(stripe, seller, group=group)
        place = partial(place_payout_hold, group=group, kind=HoldKind.CASE, reference="case_1", reason="")
        at_once(partial(submit_transfer, transfer_id=transfer.pk), partial(place, now=database_now()))
        assert again(transfer).state in (TransferState.SUCCEEDED, TransferState.WAITING)
        lift_payout_hold(group=group, kind=HoldKind.CASE, reference="case_1", now=database_now())
        sweep_transfers()
        assert again(transfer).state == TransferState.SUCCEEDED
    assert violations() == []


def test_a_refund_meets_a_payout_and_the_same_money_goes_one_way(stripe: StripeDouble) -> None:
    """The refund takes it before it sets off, or the seller owes it; the buyer has it back either way."""
    seller = make_seller("Selma Seller")
    onboard(stripe, seller)
    for number in range(6):
        transfer = make_transfer(stripe, seller, group=f"ord_{number}")
        charge = transfer.charge
        at_once(
            partial(submit_transfer, transfer_id=transfer.pk),
            partial(request_refund, charge=charge, reason="Support gave it back", now=NOW),
        )
        for sweep in (sweep_transfers, sweep_refunds, sweep_reversals):
            sweep()
        money = group_balances(f"ord_{number}")
        assert (money.refunded, money.paid_out, money.released, money.on_the_way, money.receivable) == (
            8_400,
            0,
            0,
            0,
            0,
        )
    assert violations() == []


def test_workers_at_the_same_instant_take_back_once(stripe: StripeDouble) -> None:
    seller = make_seller("Selma Seller")
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    sweep_transfers()
    refund = request_refund(charge=transfer.charge, reason="Support gave it back", now=NOW)
    sweep_refunds()
    at_once(*[partial(submit_reversal, reversal_id=refund.reversal.pk)] * 4, sweep_reversals)
    assert len(stripe.objects("transfer_reversal")) == 1
    assert JournalEntry.objects.filter(kind="transfer_reversed").count() == 1
    assert violations() == []
