"""Opening, retrying and withdrawing charges: what each state allows, against the simulator through the real SDK."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from payments.enums import AttemptMode, AttemptState, ChargeState
from payments.errors import ChargeEnded, ChargeInFlight, NothingToRetry, PageOpen
from payments.models import Charge, ChargeAttempt
from payments.selectors import group_balances, saved_methods
from payments.services.charging import retry_charge, withdraw_charge
from payments.services.withdrawing import carry_out_withdrawal
from payments.signals import ChargeResult
from tests.factories.payments import (
    NOW,
    last_attempt,
    make_charge,
    make_paid_charge,
    make_saved_method,
    open_page,
    pay_charge,
    submit,
)
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]


# --- open_charge ------------------------------------------------------------------------------------------------------
def test_without_a_method_the_payer_is_awaited_and_nothing_is_sent(stripe: StripeDouble) -> None:
    charge = make_charge()
    assert charge.state == ChargeState.AWAITING_PAYER
    assert (charge.amount, charge.fee, charge.total) == (8_000, 400, 8_400)
    assert last_attempt(charge).mode == AttemptMode.CHECKOUT
    assert stripe.adapter.exchanges == []


def test_a_worker_is_nudged_for_a_saved_method_only(
    stripe: StripeDouble, buyer: User, nudges: list[object], django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    method = make_saved_method(stripe, buyer)
    nudges.clear()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        make_charge()
        charge = make_charge(payer=buyer, method=method)
        assert nudges == []  # a worker that comes before the commit finds nothing
    sent = [(nudge.task, nudge.args) for nudge in nudges]  # type: ignore[attr-defined]
    assert sent == [("payments.tasks.submit_attempt", (last_attempt(charge).pk,))]


def test_r_pay_3_one_live_charge_per_reference() -> None:
    make_charge(reference="mst_1")
    with pytest.raises(ChargeInFlight):
        make_charge(reference="mst_1")


def test_r_pay_3_the_database_holds_one_live_charge_per_reference() -> None:
    first, other = make_charge(reference="mst_1"), make_charge(reference="mst_2")
    other.pk, other.public_id, other.reference = None, "chg_copy", first.reference
    other._state.adding = True
    with pytest.raises(IntegrityError, match="charge_one_live_per_reference"), transaction.atomic():
        other.save(force_insert=True)


def test_a_withdrawn_charge_makes_room_for_another(stripe: StripeDouble) -> None:
    charge = make_charge(reference="mst_1")
    withdraw_charge(charge=charge, now=NOW)
    carry_out_withdrawal(charge_id=charge.pk)
    assert make_charge(reference="mst_1").state == ChargeState.AWAITING_PAYER


def test_a_method_of_someone_else_is_refused(stripe: StripeDouble, buyer: User, stranger: User) -> None:
    method = make_saved_method(stripe, buyer)
    with pytest.raises(ValueError, match="someone else"):
        make_charge(payer=stranger, method=method)


@pytest.mark.parametrize(("amount", "fee"), [(0, 0), (-1, 0), (1, -1)])
def test_the_database_refuses_amounts_that_are_none(amount: int, fee: int) -> None:
    with pytest.raises(IntegrityError, match="charge_amount_positive"), transaction.atomic():
        make_charge(amount=amount, fee=fee)


def test_the_database_refuses_a_charge_from_oneself(buyer: User) -> None:
    with pytest.raises(IntegrityError, match="charge_between_two_people"), transaction.atomic():
        make_charge(payer=buyer, payee=buyer)


@pytest.mark.parametrize("state", [AttemptState.LIVE, AttemptState.QUEUED, AttemptState.SUCCEEDED])
def test_r_pay_3_the_database_holds_one_attempt_of_a_kind_per_charge(state: AttemptState) -> None:
    charge = make_charge()
    ChargeAttempt.objects.filter(charge=charge).update(state=state)
    with pytest.raises(IntegrityError, match="attempt_one_"), transaction.atomic():
        ChargeAttempt.objects.create(
            charge=charge, number=2, mode="saved", idempotency_key="k2", state=state, due_at=NOW, created_at=NOW
        )
    ChargeAttempt.objects.filter(charge=charge).update(state=AttemptState.CLOSED)


def test_the_database_refuses_a_second_use_of_a_key_or_a_payment() -> None:
    first, second = last_attempt(make_charge()), last_attempt(make_charge())
    ChargeAttempt.objects.filter(pk=first.pk).update(payment_id="pi_1")
    with pytest.raises(IntegrityError, match="payment_id"), transaction.atomic():
        ChargeAttempt.objects.filter(pk=second.pk).update(payment_id="pi_1")
    with pytest.raises(IntegrityError, match="idempotency_key"), transaction.atomic():
        ChargeAttempt.objects.create(
            charge=second.charge, number=9, mode="saved", idempotency_key=first.idempotency_key, state="closed",
            due_at=NOW, created_at=NOW,
        )  # fmt: skip
    ChargeAttempt.objects.filter(pk=first.pk).update(payment_id=None)


# --- paying -----------------------------------------------------------------------------------------------------------
def test_r_pay_1_the_hosted_page_takes_price_and_fee_and_keeps_the_method(
    stripe: StripeDouble, buyer: User, told: list[ChargeResult]
) -> None:
    charge = pay_charge(stripe, make_charge(payer=buyer, reference="mst_1"))
    assert (charge.state, charge.method_label) == (ChargeState.SUCCEEDED, "Visa •••• 4242")
    balances = group_balances("ord_1")
    assert (balances.captured, balances.held, balances.fee_held) == (8_400, 8_000, 400)
    assert [method.label for method in saved_methods(buyer)] == ["Visa •••• 4242"]
    assert [(result.outcome, result.reference, result.group) for result in told] == [("succeeded", "mst_1", "ord_1")]


def test_r_pay_2_a_worker_charges_the_saved_method(stripe: StripeDouble, buyer: User) -> None:
    method = make_saved_method(stripe, buyer)
    charge = submit(make_charge(payer=buyer, method=method))
    assert charge.state == ChargeState.SUCCEEDED
    assert group_balances("ord_1").held == 8_000


@pytest.mark.parametrize(
    ("scenario", "state", "outcome", "code"),
    [
        ("works_then_declines", "declined", "declined", "insufficient_funds"),
        ("works_then_lost", "declined", "declined", "generic_decline"),  # the real reason is for support
        ("works_then_authenticates", "action_required", "action_required", "authentication_required"),
    ],
)
def test_r_pay_2_what_the_bank_refuses_is_told_with_words_for_the_buyer(
    stripe: StripeDouble, buyer: User, told: list[ChargeResult], scenario: str, state: str, outcome: str, code: str
) -> None:
    method = make_saved_method(stripe, buyer, scenario)
    told.clear()
    charge = submit(make_charge(payer=buyer, method=method))
    assert charge.state == state
    assert [(result.outcome, result.code) for result in told] == [(outcome, code)]
    assert told[0].message
    assert group_balances("ord_1").captured == 0


# --- retry_charge -----------------------------------------------------------------------------------------------------
def declined(stripe: StripeDouble, buyer: User, scenario: str = "works_then_declines") -> Charge:
    return submit(make_charge(payer=buyer, method=make_saved_method(stripe, buyer, scenario)))


def test_r_pay_2_a_retry_is_a_new_attempt_after_the_old_payment_is_cancelled(stripe: StripeDouble, buyer: User) -> None:
    charge = declined(stripe, buyer)
    retry_charge(charge=charge, now=NOW)
    assert submit(charge).state == ChargeState.DECLINED
    first, second = ChargeAttempt.objects.filter(charge=charge)
    assert (first.state, second.state) == (AttemptState.CLOSED, AttemptState.LIVE)
    assert first.idempotency_key != second.idempotency_key
    statuses = {intent["id"]: intent["status"] for intent in stripe.objects("payment_intent")}
    assert statuses[first.payment_id] == "canceled"


def test_after_a_stop_of_the_bank_the_card_is_not_tried_again(stripe: StripeDouble, buyer: User) -> None:
    charge = declined(stripe, buyer, "works_then_lost")
    with pytest.raises(NothingToRetry):
        retry_charge(charge=charge, now=NOW)


def test_without_a_saved_method_there_is_nothing_to_retry() -> None:
    with pytest.raises(NothingToRetry):
        retry_charge(charge=make_charge(), now=NOW)


def test_a_retry_is_refused_twice_and_after_success_and_after_withdrawal(stripe: StripeDouble, buyer: User) -> None:
    charge = declined(stripe, buyer)
    retry_charge(charge=charge, now=NOW)
    with pytest.raises(ChargeInFlight):
        retry_charge(charge=charge, now=NOW)
    with pytest.raises(ChargeInFlight):
        retry_charge(charge=make_paid_charge(stripe), now=NOW)
    withdraw_charge(charge=charge, now=NOW)
    with pytest.raises(ChargeEnded):
        retry_charge(charge=charge, now=NOW)


def test_no_retry_while_the_payer_has_the_page_open(
    stripe: StripeDouble, buyer: User, time_passes: Callable[[timedelta], None]
) -> None:
    charge = declined(stripe, buyer)
    open_page(charge)
    with pytest.raises(PageOpen):
        retry_charge(charge=charge, now=NOW)
    time_passes(timedelta(hours=1))
    retry_charge(charge=charge, now=NOW)
    assert submit(charge).state == ChargeState.DECLINED


# --- withdraw_charge --------------------------------------------------------------------------------------------------
def test_what_the_bank_has_is_not_withdrawn(stripe: StripeDouble, buyer: User) -> None:
    method = make_saved_method(stripe, buyer)
    for kind in ("lost_before", "late_success"):  # unknown, then processing
        charge = make_charge(payer=buyer, method=method)
        stripe.faults.add(kind, on="/confirm", times=3 if kind == "lost_before" else 1, seconds=60)
        assert submit(charge).state in (ChargeState.UNKNOWN, ChargeState.PROCESSING)
        with pytest.raises(ChargeInFlight):
            withdraw_charge(charge=charge, now=NOW)
    with pytest.raises(ChargeInFlight):
        withdraw_charge(charge=make_paid_charge(stripe), now=NOW)


def test_withdrawing_twice_changes_nothing(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    charge = make_charge()
    for _ in range(2):
        withdraw_charge(charge=charge, now=NOW)
        carry_out_withdrawal(charge_id=charge.pk)
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.WITHDRAWN
    assert [result.outcome for result in told] == ["withdrawn"]
