"""Taking back from sellers: after a refund of money they had; what can't be taken back is kept from the next payout."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from accounts.models import User
from payments.enums import ReversalState, TransferState
from payments.models import Transfer, TransferReversal
from payments.selectors import group_balances
from payments.services.refunding import request_refund
from payments.services.reversing import look_at_reversals, settle_reversal, submit_reversal
from payments.services.sweeping import sweep_events, sweep_refunds, sweep_reversals, sweep_transfers
from tests.factories.payments import NOW
from tests.factories.payouts import again, make_transfer, onboard, owe
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NO_ANSWER = [("lost_before", 3), ("lost_after", 3), ("truncated", 1), ("html", 1), ("rate_limited", 1), ("in_use", 3)]
DONE = {"captured": 8_400, "refunded": 8_400}


def balances(group: str = "ord_1") -> dict[str, int]:
    money = asdict(group_balances(group))
    return {name: amount for name, amount in money.items() if amount and name not in ("currency", "provider_fees")}


@pytest.fixture
def sent(stripe: StripeDouble, seller: User) -> Transfer:
    """72.00 that arrived in the seller's account."""
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    sweep_transfers()
    return again(transfer)


def refund(transfer: Transfer, amount: int | None = None) -> TransferReversal:
    """The refund is done, and what it makes the seller owe is to be taken back."""
    refund = request_refund(charge=transfer.charge, amount=amount, reason="Support gave it back", now=NOW)
    sweep_refunds()
    return TransferReversal.objects.get(refund=refund)


def now_of(reversal: TransferReversal) -> TransferReversal:
    return TransferReversal.objects.get(pk=reversal.pk)


def test_r_pay_7_the_sellers_part_of_a_refund_is_taken_back(stripe: StripeDouble, sent: Transfer) -> None:
    reversal = refund(sent)
    assert (reversal.amount, reversal.state) == (7_200, ReversalState.PENDING)
    assert balances() == {**DONE, "paid_out": 7_200, "receivable": 7_200}
    sweep_reversals()
    assert now_of(reversal).state == ReversalState.SUCCEEDED
    assert balances() == DONE
    assert [each["amount"] for each in stripe.objects("transfer_reversal")] == [7_200]


def test_r_pay_7_of_a_part_the_sellers_share(stripe: StripeDouble, sent: Transfer) -> None:
    """A quarter goes back: 21.00 to the buyer, of which 20.00 are the price and 18.00 of that the seller's."""
    assert refund(sent, 2_100).amount == 1_800
    sweep_reversals()
    assert balances() == {"captured": 8_400, "refunded": 2_100, "paid_out": 5_400, "commission": 600, "fees": 300}


@pytest.mark.parametrize(("kind", "hidden"), [("error_before", False), ("error_after", True)])
def test_r_pay_3_an_error_that_stripe_keeps_under_the_key_holds_a_reversal_up_for_minutes_not_for_a_day(
    stripe: StripeDouble, sent: Transfer, time_passes: Pass, kind: str, hidden: bool
) -> None:
    """Stripe answers a key with the 500 that it once gave: then the list is asked, and a new key sent for nothing."""
    reversal = refund(sent)
    stripe.faults.add(kind, on="/reversals")
    sweep_reversals()
    for _ in range(5):
        time_passes(timedelta(minutes=16))
        sweep_reversals()
    assert now_of(reversal).state == ReversalState.SUCCEEDED
    assert balances() == DONE
    assert [each["amount"] for each in stripe.objects("transfer_reversal")] == [7_200]
    assert (now_of(reversal).idempotency_key == reversal.idempotency_key) == hidden


@pytest.mark.parametrize(("kind", "times"), NO_ANSWER)
def test_no_answer_is_unknown_and_never_taken_back_twice(
    stripe: StripeDouble, sent: Transfer, time_passes: Pass, kind: str, times: int
) -> None:
    reversal = refund(sent)
    stripe.faults.add(kind, on="/reversals", times=times)
    sweep_reversals()
    assert now_of(reversal).state == ReversalState.UNKNOWN
    time_passes(timedelta(minutes=2))
    sweep_reversals()
    assert now_of(reversal).state == ReversalState.SUCCEEDED
    assert len(stripe.objects("transfer_reversal")) == 1
    assert balances() == DONE


@pytest.mark.parametrize("point", ["reversal:leased", "reversal:sent", "reversal:settled"])
@pytest.mark.parametrize("down", [timedelta(minutes=4), timedelta(hours=25)])
def test_a_worker_killed_at_any_step_is_healed_by_the_sweep(
    stripe: StripeDouble,
    sent: Transfer,
    kill_at: Callable[[str], None],
    time_passes: Pass,
    point: str,
    down: timedelta,
) -> None:
    reversal = refund(sent)
    kill_at(point)
    with pytest.raises(Killed):
        submit_reversal(reversal_id=reversal.pk)
    for _ in range(3):
        time_passes(down)
        sweep_reversals()
    assert now_of(reversal).state == ReversalState.SUCCEEDED
    assert len(stripe.objects("transfer_reversal")) == 1
    assert balances() == DONE


def test_r_pay_7_what_the_seller_has_not_got_is_kept_from_the_next_payouts(
    stripe: StripeDouble, seller: User, sent: Transfer
) -> None:
    """72.00 are owed: a payout of 36.00 is kept whole, one of 90.00 gives the other 36.00."""
    owe(stripe, sent)
    assert balances() == {**DONE, "paid_out": 7_200, "receivable": 7_200}
    small = make_transfer(stripe, seller, amount=4_000, group="ord_2")
    sweep_transfers()
    assert (again(small).state, again(small).netted, again(small).amount) == (TransferState.CLOSED, 3_600, 0)
    large = make_transfer(stripe, seller, amount=10_000, group="ord_3")
    sweep_transfers()
    assert (again(large).state, again(large).netted, again(large).amount) == (TransferState.SUCCEEDED, 3_600, 5_400)
    assert balances("ord_3") == {
        "captured": 10_500,
        "netted": 3_600,
        "paid_out": 5_400,
        "commission": 1_000,
        "fees": 500,
    }
    assert [each["amount"] for each in stripe.objects("transfer")] == [7_200, 5_400]


@pytest.mark.parametrize("fails", [True, False])
def test_r_pay_7_a_refund_that_fails_while_it_is_taken_back_leaves_the_seller_no_debt(
    stripe: StripeDouble, sent: Transfer, time_passes: Pass, *, fails: bool
) -> None:
    """The seller owes 72.00 and is owed 72.00 meanwhile; Stripe refuses to take it back, and the seller has it."""
    reversal = refund(sent)
    stripe.faults.add("lost_before", on="/reversals", times=3)
    sweep_reversals()
    assert now_of(reversal).state == ReversalState.UNKNOWN
    stripe.fail_refund(stripe.objects("refund")[0]["id"])
    stripe.deliver_webhooks()
    sweep_events()
    earned = {"captured": 8_400, "commission": 800, "fees": 400, "paid_out": 7_200} | balances()
    assert earned["released"] == earned["receivable"] == 7_200
    if fails:
        stripe.faults.add("no_balance", on="/reversals")
    time_passes(timedelta(minutes=2))
    sweep_reversals()
    assert now_of(reversal).state == (ReversalState.FAILED if fails else ReversalState.SUCCEEDED)
    del earned["receivable"], earned["paid_out" if not fails else "released"]
    assert balances() == earned


def test_r_pay_7_what_is_being_taken_back_is_not_kept_from_a_payout_too(
    stripe: StripeDouble, seller: User, sent: Transfer
) -> None:
    reversal = refund(sent)
    other = make_transfer(stripe, seller, group="ord_2")
    sweep_transfers()
    assert (again(other).amount, again(other).netted) == (7_200, 0)
    sweep_reversals()
    assert now_of(reversal).state == ReversalState.SUCCEEDED


def test_a_payout_that_is_refused_gives_back_what_it_had_kept(
    stripe: StripeDouble, seller: User, sent: Transfer, time_passes: Pass
) -> None:
    """Else the debt would be paid by money that was never sent."""
    owe(stripe, sent)
    other = make_transfer(stripe, seller, amount=10_000, group="ord_2")
    stripe.faults.add("no_balance", on="POST /v1/transfers")
    sweep_transfers()
    refused = again(other)
    assert (refused.state, refused.amount, refused.netted) == (TransferState.WAITING, 9_000, 0)
    assert balances("ord_2") == {"captured": 10_500, "released": 9_000, "commission": 1_000, "fees": 500}
    time_passes(2 * HOUR)
    sweep_transfers()
    assert (again(other).amount, again(other).netted) == (1_800, 7_200)
    assert balances("ord_2")["paid_out"] == 1_800


def test_a_reversal_waits_until_its_transfer_has_arrived(stripe: StripeDouble, seller: User, time_passes: Pass) -> None:
    """Refunded while the transfer's outcome is unknown: never both from the same money."""
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.faults.add("lost_after", on="POST /v1/transfers", times=3)
    sweep_transfers()
    reversal = refund(transfer)
    sweep_reversals()
    assert now_of(reversal).state == ReversalState.PENDING
    assert balances() == {**DONE, "on_the_way": 7_200, "receivable": 7_200}
    time_passes(timedelta(minutes=2))
    sweep_transfers()
    sweep_reversals()
    assert now_of(reversal).state == ReversalState.SUCCEEDED
    assert balances() == DONE


def test_a_refund_on_the_way_of_a_transfer_that_is_refused_is_kept_from_it(
    stripe: StripeDouble, seller: User, kill_at: Callable[[str], None], time_passes: Pass
) -> None:
    """Nothing is sent only to be taken back."""
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    kill_at("transfer:leased")
    with pytest.raises(Killed):
        sweep_transfers()
    reversal = refund(transfer)
    time_passes(timedelta(minutes=4))
    stripe.faults.add("no_balance", on="POST /v1/transfers")
    sweep_transfers()
    assert again(transfer).state == TransferState.WAITING
    time_passes(2 * HOUR)
    sweep_transfers()
    assert (again(transfer).state, again(transfer).netted) == (TransferState.CLOSED, 7_200)
    assert now_of(reversal).state == ReversalState.FAILED
    assert (balances(), stripe.objects("transfer")) == ({**DONE, "netted": 7_200, "receivable": 7_200}, [])


# --- Made in Stripe's own dashboard -----------------------------------------------------------------------------------
def take_back_in_dashboard(stripe: StripeDouble, transfer: Transfer, amount: int) -> None:
    stripe.gateway.reverse_transfer(
        reversal_ref="", transfer_id=transfer.provider_id or "", amount=amount, idempotency_key=f"by hand {amount}"
    )
    stripe.deliver_webhooks()
    sweep_events()


def test_a_transfer_reversed_in_the_dashboard_is_found_and_booked_once(stripe: StripeDouble, sent: Transfer) -> None:
    """Nobody owed anything: it is the seller's again, and support decides what becomes of it."""
    for amount in (2_000, 500):
        take_back_in_dashboard(stripe, sent, amount)
    look_at_reversals(again(sent))
    assert balances() == {"captured": 8_400, "paid_out": 4_700, "released": 2_500, "commission": 800, "fees": 400}
    assert list(TransferReversal.objects.values_list("amount", "state")) == [(2_000, "succeeded"), (500, "succeeded")]


def test_a_reversal_in_the_dashboard_pays_what_the_seller_owed(stripe: StripeDouble, sent: Transfer) -> None:
    owe(stripe, sent)
    take_back_in_dashboard(stripe, sent, 7_200)
    assert balances() == DONE


def test_a_reversal_of_ours_is_not_sent_when_the_dashboard_was_quicker(stripe: StripeDouble, sent: Transfer) -> None:
    reversal = refund(sent, 2_100)
    take_back_in_dashboard(stripe, sent, 1_800)
    sweep_reversals()
    assert (now_of(reversal).state, now_of(reversal).failure) == (ReversalState.FAILED, "the debt is paid already")
    assert [each["amount"] for each in stripe.objects("transfer_reversal")] == [1_800]
    assert balances() == {"captured": 8_400, "refunded": 2_100, "paid_out": 5_400, "commission": 600, "fees": 300}


@pytest.mark.parametrize("change", [{"amount": 1}, {"currency": "EUR"}, {"transfer_id": "tr_other"}])
def test_a_reversal_that_differs_is_quarantined(
    stripe: StripeDouble, sent: Transfer, change: dict[str, object]
) -> None:
    reversal = refund(sent)
    stripe.faults.add("lost_after", on="/reversals", times=3)
    sweep_reversals()
    (snapshot,) = stripe.gateway.find_reversals(reversal_ref=reversal.public_id, transfer_id=sent.provider_id or "")
    settle_reversal(reversal_id=reversal.pk, snapshot=replace(snapshot, **change))  # type: ignore[arg-type]
    assert now_of(reversal).state == ReversalState.QUARANTINED
    assert balances()["receivable"] == 7_200
