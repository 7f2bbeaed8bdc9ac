"""Charging a saved method: lease, create unconfirmed, commit its id, confirm, settle. A worker may die between any two.

What was created is retrieved before anything else is done, so a repeat never makes a second payment. An id that was
lost with the reply is asked for again under the same key while the provider remembers keys, and looked up by listing
after that (payments never replays a key older than 20 h).
"""

from datetime import datetime

import structlog
from django.db import transaction

from marketplace.web.clock import database_now
from payments import timing
from payments.crash_points import crash_point
from payments.enums import AttemptMode, AttemptState, ChargeActor, ChargeState, Outcome
from payments.gateway import (
    CustomerMissing,
    GatewayError,
    KeyMisuse,
    Misconfigured,
    ObjectMissing,
    OutcomeUnknown,
    PaymentSnapshot,
    RequestRejected,
    StateConflict,
)
from payments.models import Charge, ChargeAttempt
from payments.queue import nudge_on_commit
from payments.services.alerting import alert
from payments.services.announcing import announce_charge, set_outcome
from payments.services.attempts import freeze_params, queue_attempt
from payments.services.closing import close_attempts
from payments.services.customers import ensure_customer, forget_customer
from payments.services.methods import follow_method
from payments.services.moving import close, is_current, lock_attempt, move
from payments.services.settling import mismatch, quarantine, settle
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)

REFUSED_MESSAGE = "This card could not be charged. Pay on the payment page with it, or with another card."
METHOD_MISSING_MESSAGE = "This card is not kept any more. Pay on the payment page with it, or with another card."


def submit_attempt(*, attempt_id: int) -> None:
    """Take an attempt as far as it goes now. Network: never in a transaction. Any number of workers may try."""
    crash_point("submit:found")
    attempt = _lease(attempt_id)
    if attempt is None:
        return
    crash_point("submit:leased")
    try:
        snapshot = _collect(attempt)
    except OutcomeUnknown as error:
        _lose_sight(attempt, str(error))
    except Misconfigured as error:
        log.critical("provider_refuses_our_key", error=str(error))
        _lose_sight(attempt, str(error))
    except CustomerMissing as error:
        _customer_missing(attempt, str(error))
    except ObjectMissing as error:
        _method_missing(attempt, str(error))
    except (RequestRejected, StateConflict) as error:
        _refused(attempt, error)
    else:
        _finish(attempt, snapshot)


def _lease(attempt_id: int) -> ChargeAttempt | None:
    """Commit that this worker has it for a while; None when there is nothing to send now."""
    with transaction.atomic(durable=True):
        charge, attempt = lock_attempt(attempt_id)
        now = database_now()
        if not _is_ours_to_send(charge, attempt, now):
            return None
        if _needs_look_up(attempt, now):
            settled_in = (attempt.sent_at or now) + timing.SETTLING_IN
            if settled_in > now:
                attempt.due_at = settled_in
                attempt.save()
                return None
        else:
            attempt.first_sent_at = attempt.first_sent_at or now
            attempt.sent_at = now
        attempt.tries += 1
        attempt.leased_at = now
        attempt.due_at = now + timing.LEASE
        attempt.save()
        if charge.state != ChargeState.SUBMITTING:  # still so when the worker before died
            move(charge, "submit", ChargeActor.WORKER)
        return attempt


def _is_ours_to_send(charge: Charge, attempt: ChargeAttempt, now: datetime) -> bool:
    return (
        charge.state in (ChargeState.PENDING, ChargeState.SUBMITTING, ChargeState.UNKNOWN)
        and attempt.mode == AttemptMode.SAVED
        and attempt.state in (AttemptState.QUEUED, AttemptState.LIVE)
        and attempt.due_at <= now
        and is_current(attempt)
    )


def _needs_look_up(attempt: ChargeAttempt, now: datetime) -> bool:
    """Its id is lost, and its key spent."""
    return not attempt.payment_id and timing.key_is_spent(
        first_sent_at=attempt.first_sent_at, tries=attempt.tries, now=now
    )


def _collect(attempt: ChargeAttempt) -> PaymentSnapshot | None:
    """Speak to the provider; None when there is nothing of this attempt to settle."""
    close_attempts(charge_id=attempt.charge_id, before=attempt.number)
    if not _has_lease(attempt):
        return None
    if attempt.payment_id:
        snapshot: PaymentSnapshot | None = default_gateway().get_payment(attempt.payment_id)
    elif attempt.sent_at == attempt.leased_at:
        snapshot = _create(attempt)
    else:
        snapshot = _look_up(attempt)
    if snapshot is None or snapshot.status != "requires_payment" or mismatch(attempt.charge, attempt, snapshot):
        return snapshot
    if not _save_id(attempt, snapshot):
        return None
    crash_point("submit:id_saved")
    return _confirm(attempt, snapshot)


def _create(attempt: ChargeAttempt) -> PaymentSnapshot:
    customer_id = ensure_customer(user=attempt.charge.payer, attempt_key=attempt.idempotency_key)
    with transaction.atomic(durable=True):
        _, locked = lock_attempt(attempt.pk)
        freeze_params(locked, customer_id=customer_id)
        locked.save()
    attempt.params = locked.params
    crash_point("submit:creating")
    snapshot = default_gateway().create_payment(**attempt.params, idempotency_key=attempt.idempotency_key)
    crash_point("submit:created")
    return snapshot


def _look_up(attempt: ChargeAttempt) -> PaymentSnapshot | None:
    """Find by listing what a lost reply was about. When there is nothing, a new attempt with a new key takes over."""
    found: list[PaymentSnapshot] = []
    if "customer_id" in attempt.params:
        found = default_gateway().find_payments(
            charge_ref=attempt.charge.public_id,
            customer_id=attempt.params["customer_id"],
            created_after=(attempt.first_sent_at or attempt.created_at) - timing.SETTLING_IN,
        )
    ours = [snapshot for snapshot in found if snapshot.metadata.get("attempt") == str(attempt.number)]
    if ours:
        return min(ours, key=lambda snapshot: snapshot.status != "succeeded")
    _renew(attempt)
    return None


def _renew(attempt: ChargeAttempt) -> None:
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        if not _is_leased(charge, locked, attempt):
            return
        close(locked)
        move(charge, "lose_sight", ChargeActor.WORKER)
        move(charge, "renew", ChargeActor.WORKER)
        fresh = queue_attempt(charge=charge, mode=AttemptMode.SAVED, now=database_now())
        nudge_on_commit("submit_attempt", fresh.pk)


def _save_id(attempt: ChargeAttempt, snapshot: PaymentSnapshot) -> bool:
    """Commit the id before any money can move; False when this worker came too late."""
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        if not _is_leased(charge, locked, attempt) or locked.payment_id not in (None, snapshot.id):
            return False
        locked.payment_id = snapshot.id
        locked.state = AttemptState.LIVE
        locked.save()
    attempt.payment_id, attempt.state = locked.payment_id, locked.state
    return True


def _confirm(attempt: ChargeAttempt, snapshot: PaymentSnapshot) -> PaymentSnapshot:
    """One payment is captured at most once, so each try of confirming it may have a key of its own."""
    crash_point("submit:confirming")
    confirmed = default_gateway().confirm_payment(
        snapshot.id,
        method_id=attempt.params["method_id"],
        idempotency_key=f"{attempt.idempotency_key}:confirm:{attempt.tries}",
    )
    crash_point("submit:confirmed")
    return confirmed


def _finish(attempt: ChargeAttempt, snapshot: PaymentSnapshot | None) -> None:
    if snapshot is None:
        return
    settle(attempt_id=attempt.pk, snapshot=snapshot)
    if snapshot.status == "requires_payment":
        _lose_sight(attempt, "confirmed, yet still waiting for payment")


def _is_leased(charge: Charge, locked: ChargeAttempt, attempt: ChargeAttempt) -> bool:
    """Does the worker that leased `attempt` still have it? The count of leases is the fence."""
    return charge.state == ChargeState.SUBMITTING and locked.tries == attempt.tries and is_current(locked)


def _has_lease(attempt: ChargeAttempt) -> bool:
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        return _is_leased(charge, locked, attempt)


def _lose_sight(attempt: ChargeAttempt, reason: str) -> None:
    """No answer that can be trusted: look again later, never fail, never make another payment."""
    log.warning("charge_outcome_unknown", attempt=attempt.idempotency_key, reason=reason)
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        if _is_leased(charge, locked, attempt):
            locked.due_at = database_now() + timing.backoff(locked.tries)
            locked.save()
            move(charge, "lose_sight", ChargeActor.WORKER)


def _refused(attempt: ChargeAttempt, refusal: RequestRejected | StateConflict) -> None:
    """A definite no to the request: the payment is over already, the method was detached, or it can't be charged so.

    Believed only of a payment that, read again, has not moved. A key that was used for something else is held back:
    what it was used for may have happened.
    """
    reason = f"{type(refusal).__name__}: {refusal}"
    if isinstance(refusal, KeyMisuse):
        _give_up(attempt, reason)
        return
    try:
        if attempt.payment_id:
            snapshot = default_gateway().get_payment(attempt.payment_id)
            if snapshot.status != "requires_payment" or mismatch(attempt.charge, attempt, snapshot):
                settle(attempt_id=attempt.pk, snapshot=snapshot)
                return
        method = attempt.charge.method
        if method is not None and follow_method(stripe_id=method.stripe_id):
            method.refresh_from_db()
    except GatewayError as error:
        _lose_sight(attempt, str(error))
        return
    if method is not None and not method.is_active:
        _method_missing(attempt, reason)
    else:
        log.error("charge_refused_by_provider", attempt=attempt.idempotency_key, reason=reason)
        _cannot_be_charged(attempt, code="request_refused", message=REFUSED_MESSAGE, reason=reason)


def _customer_missing(attempt: ChargeAttempt, reason: str) -> None:
    """The payer's customer was deleted at the provider, and the method with it; the page helps."""
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        forget_customer(user=charge.payer, stripe_id=str(locked.params["customer_id"]))
    _method_missing(attempt, reason)


def _method_missing(attempt: ChargeAttempt, reason: str) -> None:
    """The method was detached at the provider: for the payer that is a card that doesn't work any more."""
    log.warning("method_missing_at_provider", attempt=attempt.idempotency_key, reason=reason)
    _cannot_be_charged(attempt, code="method_missing", message=METHOD_MISSING_MESSAGE, reason=reason)


def _cannot_be_charged(attempt: ChargeAttempt, *, code: str, message: str, reason: str) -> None:
    """No money moved, and none would by another try: the payer is asked to pay on the page."""
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        if not _is_leased(charge, locked, attempt):
            return
        if locked.state == AttemptState.QUEUED:
            close(locked)
        if code == "request_refused":
            words = f"Stripe does not take our request: {reason}"
            alert(what="payment", public_id=charge.public_id, group=charge.group, reason=words, now=database_now())
        charge.method_refused, charge.remedy = True, "new_card"
        set_outcome(charge, Outcome.DECLINED, message=message, code=code)
        move(charge, "decline", ChargeActor.PROVIDER)
    announce_charge(charge_id=attempt.charge_id)


def _give_up(attempt: ChargeAttempt, reason: str) -> None:
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        if _is_leased(charge, locked, attempt):
            quarantine(charge, locked, reason, database_now())
