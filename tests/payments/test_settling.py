"""The one door for the truth: only forward, only what we asked for, booked once (R-PAY-3, R-PAY-4)."""

from dataclasses import replace

import pytest
import structlog

from payments.enums import AttemptState, ChargeState
from payments.gateway import Decline, PaymentSnapshot
from payments.models import Charge, ChargeAttempt, JournalEntry, SavedMethod
from payments.selectors import group_balances
from payments.services.charging import retry_charge
from payments.services.settling import mismatch, settle
from payments.signals import ChargeResult
from tests.factories.payments import NOW, last_attempt, make_charge, make_saved_method, open_page
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

REFUSED = Decline(
    code="card_declined", decline_code="generic_decline", action="retry_later", message="Use another card."
)


@pytest.fixture
def charge(stripe: StripeDouble) -> Charge:
    """A charge whose page is open."""
    charge = make_charge()
    open_page(charge)
    return charge


def truth(charge: Charge, **change: object) -> PaymentSnapshot:
    """What Stripe would say of the newest attempt once it is paid, but for `change`."""
    attempt = last_attempt(charge)
    snapshot = PaymentSnapshot(
        id=f"pi_{attempt.pk}",
        status="succeeded",
        amount=charge.total,
        amount_received=charge.total,
        currency=charge.currency,
        customer_id=attempt.params["customer_id"],
        provider_fee=274,
        metadata={"charge_ref": charge.public_id, "attempt": str(attempt.number)},
    )
    return replace(snapshot, **change)  # type: ignore[arg-type]


def tell(charge: Charge, **change: object) -> Charge:
    settle(attempt_id=last_attempt(charge).pk, snapshot=truth(charge, **change))
    return Charge.objects.get(pk=charge.pk)


def test_what_stripe_keeps_is_booked_as_our_cost(charge: Charge) -> None:
    assert tell(charge).state == ChargeState.SUCCEEDED
    assert group_balances("ord_1").provider_fees == 274


def test_a_fee_that_is_known_later_is_booked_then_and_once(charge: Charge) -> None:
    tell(charge, provider_fee=None)
    assert group_balances("ord_1").provider_fees == 0
    tell(charge)
    tell(charge, provider_fee=300)
    assert group_balances("ord_1").provider_fees == 274


def test_r_pay_4_a_fee_in_another_currency_is_reported_and_not_booked(charge: Charge) -> None:
    """The account at Stripe settles in euros: 396 there are not 3.96 dollars."""
    with structlog.testing.capture_logs() as lines:
        assert tell(charge, provider_fee=396, fee_currency="EUR").state == ChargeState.SUCCEEDED
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["settled_in_another_currency"]
    balances = group_balances("ord_1")
    assert (balances.captured, balances.provider_fees) == (8_400, 0)
    assert last_attempt(charge).provider_fee == 0  # so that nobody asks for it again


def test_r_pay_4_the_provider_settles_in_the_currency_of_the_charge(charge: Charge) -> None:
    tell(charge, fee_currency="USD")
    assert group_balances("ord_1").provider_fees == 274


def test_the_same_truth_told_ten_times_is_booked_and_announced_once(charge: Charge, told: list[ChargeResult]) -> None:
    for _ in range(10):
        tell(charge)
    assert group_balances("ord_1").captured == 8_400
    assert len(told) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 8_399, "amount_received": 8_399}, {"amount_received": 8_399}, {"amount": 84, "amount_received": 84},
        {"currency": "EUR"}, {"customer_id": "cus_other"}, {"livemode": True},
        {"metadata": {}}, {"metadata": {"charge_ref": "chg_other", "attempt": "1"}},
    ],
)  # fmt: skip
def test_what_we_did_not_ask_for_is_quarantined_and_never_booked(
    charge: Charge, told: list[ChargeResult], change: dict[str, object]
) -> None:
    assert tell(charge, **change).state == ChargeState.QUARANTINED
    assert last_attempt(charge).state == AttemptState.QUARANTINED
    assert not JournalEntry.objects.exists()
    assert told == []


def test_the_number_of_the_attempt_must_be_right_too(charge: Charge) -> None:
    tell(charge, metadata={"charge_ref": charge.public_id, "attempt": "2"})
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.QUARANTINED


def test_another_payment_than_the_one_we_know_is_quarantined(charge: Charge) -> None:
    ChargeAttempt.objects.filter(charge=charge).update(payment_id="pi_ours")
    assert tell(charge).state == ChargeState.QUARANTINED


def test_a_quarantined_charge_waits_for_a_person(charge: Charge, told: list[ChargeResult]) -> None:
    tell(charge, amount=1)
    assert tell(charge).state == ChargeState.QUARANTINED
    assert not JournalEntry.objects.exists()
    assert told == []


def test_every_difference_is_named(charge: Charge) -> None:
    attempt = last_attempt(charge)
    assert mismatch(charge, attempt, truth(charge, currency="EUR", customer_id="cus_x")) == "currency, customer"
    assert mismatch(charge, attempt, truth(charge, amount=1)) == "amount"
    assert mismatch(charge, attempt, truth(charge, amount_received=1)) == "amount_received"
    assert mismatch(charge, attempt, truth(charge)) == ""


@pytest.mark.parametrize("late", ["declined", "processing", "canceled", "requires_action", "requires_payment"])
def test_nothing_moves_a_paid_charge(charge: Charge, told: list[ChargeResult], late: str) -> None:
    """Events and replies come in any order: what is older than success is no news."""
    tell(charge)
    again = tell(charge, status=late, amount_received=0, decline=REFUSED)
    assert again.state == ChargeState.SUCCEEDED
    assert last_attempt(charge).state == AttemptState.SUCCEEDED
    assert group_balances("ord_1").held == 8_000
    assert [result.outcome for result in told] == ["succeeded"]


def submitting(stripe: StripeDouble, charge: Charge) -> Charge:
    """A charge of a saved method that a worker has just sent."""
    method = make_saved_method(stripe, charge.payer)
    sent = make_charge(payer=charge.payer, method=method, group="ord_2")
    attempt = last_attempt(sent)
    attempt.params = {**attempt.params, "customer_id": last_attempt(charge).params["customer_id"]}
    attempt.state = AttemptState.LIVE
    attempt.save()
    Charge.objects.filter(pk=sent.pk).update(state=ChargeState.SUBMITTING)
    return sent


@pytest.mark.parametrize(
    ("status", "decline", "state", "outcome"),
    [
        ("processing", None, "processing", ""),
        ("declined", REFUSED, "declined", "declined"),
        ("declined", replace(REFUSED, action="authenticate"), "action_required", "action_required"),
        ("requires_action", None, "action_required", "action_required"),
        ("canceled", None, "declined", "declined"),
        ("requires_payment", None, "submitting", ""),
        ("succeeded", None, "succeeded", "succeeded"),
    ],
)
def test_each_answer_of_the_bank(
    stripe: StripeDouble, charge: Charge, status: str, decline: Decline | None, state: str, outcome: str
) -> None:
    sent = submitting(stripe, charge)
    received = 8_400 if status == "succeeded" else 0
    after = tell(sent, status=status, decline=decline, amount_received=received)
    assert (after.state, after.outcome) == (state, outcome)


def test_a_decline_told_late_does_not_undo_a_newer_attempt(stripe: StripeDouble, charge: Charge) -> None:
    sent = submitting(stripe, charge)
    tell(sent, status="declined", decline=REFUSED, amount_received=0)
    old, snapshot = last_attempt(sent), truth(sent, status="declined", decline=REFUSED, amount_received=0)
    retry_charge(charge=sent, now=NOW)
    Charge.objects.filter(pk=sent.pk).update(state=ChargeState.SUBMITTING)  # a worker has the new one
    settle(attempt_id=old.pk, snapshot=snapshot)
    assert Charge.objects.get(pk=sent.pk).state == ChargeState.SUBMITTING


def test_the_old_attempt_succeeding_late_pays_the_charge(stripe: StripeDouble, charge: Charge) -> None:
    sent = submitting(stripe, charge)
    tell(sent, status="declined", decline=REFUSED, amount_received=0)
    old, snapshot = last_attempt(sent), truth(sent)
    retry_charge(charge=sent, now=NOW)
    settle(attempt_id=old.pk, snapshot=snapshot)
    assert Charge.objects.get(pk=sent.pk).state == ChargeState.SUCCEEDED
    assert group_balances("ord_2").held == 8_000
    ChargeAttempt.objects.filter(charge=sent, state=AttemptState.QUEUED).update(state=AttemptState.CLOSED)


def test_the_method_of_a_payment_is_kept_once(stripe: StripeDouble, charge: Charge) -> None:
    first = make_saved_method(stripe, charge.payer)
    assert SavedMethod.objects.filter(stripe_id=first.stripe_id).count() == 1
    assert first.user == charge.payer
