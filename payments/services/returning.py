"""Carrying out refunds at the bank: lease, send under the refund's own key, settle.

The books moved when it was asked for.
"""

from datetime import datetime

import structlog
from django.db import transaction

from marketplace.web.clock import database_now
from payments import timing
from payments.crash_points import crash_point
from payments.enums import ChargeActor, EventState, RefundKind, RefundOrigin, RefundState
from payments.errors import RefundDiffers
from payments.gateway import GatewayError, OutcomeUnknown, RefundSnapshot, RequestRejected, StateConflict
from payments.models import Charge, Refund, WebhookEvent
from payments.queue import nudge_on_commit
from payments.services import booking
from payments.services.alerting import alert
from payments.services.announcing import announce_refund
from payments.services.losing import lock_borne, take_borne
from payments.services.moving import lock_refund, move_refund
from payments.services.restoring import put_back, take_back
from payments.stripe_gateway import default_gateway

# What the provider calls a payment that the bank has taken back.
DISPUTED = ("charge_disputed", "refund_disputed_payment")

log = structlog.get_logger(__name__)


def submit_refund(*, refund_id: int) -> None:
    """Take a refund as far as it goes now. Network: never in a transaction. Safe for any number of workers at once."""
    leased = _lease(refund_id)
    if leased is None:
        return
    refund, looks_up = leased
    crash_point("refund:leased")
    try:
        snapshot = _look_up(refund) if looks_up else _send(refund)
    except (RequestRejected, StateConflict) as error:
        _follow_refusal(refund, error)
    except GatewayError as error:
        _lose_sight(refund, str(error))
    else:
        crash_point("refund:sent")
        settle_refund(refund_id=refund_id, snapshot=snapshot)


def settle_refund(*, refund_id: int, snapshot: RefundSnapshot) -> None:
    """Write down what the provider says of a refund; the books once. Never inside a transaction; safe to repeat."""
    with transaction.atomic(durable=True):
        charge, refund = lock_refund(refund_id)
        if differs := _mismatch(refund, snapshot):
            _quarantine(refund, f"{snapshot.id} at Stripe differs in {differs}")
            return
        refund.provider_id = snapshot.id
        refund.due_at = database_now() + timing.POLL
        now = database_now()
        state = refund.state
        match snapshot.status:
            case "succeeded" if state in (RefundState.SUBMITTING, RefundState.UNKNOWN, RefundState.PROCESSING):
                booking.book_refund_succeeded(charge=charge, refund=refund, now=now)
                move_refund(refund, "succeed", ChargeActor.PROVIDER)
                nudge_on_commit("issue_credit_note", refund.pk)
                take_back(charge=charge, refund=refund, now=now)
            case "failed" if state not in (RefundState.FAILED, RefundState.QUARANTINED, RefundState.PENDING):
                _fail(charge, refund, snapshot.failure or "The bank did not say why", now)
            case "pending" if state in (RefundState.SUBMITTING, RefundState.UNKNOWN):
                move_refund(refund, "process", ChargeActor.PROVIDER)
    crash_point("refund:settled")
    announce_refund(refund_id=refund_id)


def _fail(charge: Charge, refund: Refund, failure: str, now: datetime, *, step: str = "fail") -> None:
    """Its money is back where the charge's money stands now, and what a lost chargeback had looked for there is taken.
    That of a second capture sets off again after a while, by the sweep (R-PAY-3).
    """
    log.error("refund_failed", refund=refund.public_id, failure=failure)
    refund.failure = failure[:120]
    if refund.kind == RefundKind.SURPLUS:
        before = Refund.objects.filter(attempt=refund.attempt, state=RefundState.FAILED).count()
        refund.due_at = now + timing.surplus_again(before + 1)
    borne = lock_borne(charge=charge, refund=refund)
    put_back(charge=charge, refund=refund, now=now)
    move_refund(refund, step, ChargeActor.PROVIDER if step == "fail" else ChargeActor.OWNER)
    for dispute in borne:
        take_borne(charge=charge, dispute=dispute, refund=refund, now=now)


def resolve_refund(*, refund_id: int) -> Refund:
    """Settle a refund that was held back as the provider says; the refund as it is then. Network: not in a transaction.

    One that the provider knows nothing of has failed. Raises RefundDiffers when what it has is not what was asked for,
    and GatewayError.
    """
    refund = Refund.objects.select_related("attempt").get(pk=refund_id)
    if refund.state != RefundState.QUARANTINED:
        return refund
    found = _at_provider(refund)
    if found is not None and (differs := _mismatch(refund, found)):
        raise RefundDiffers(differs=differs)
    with transaction.atomic(durable=True):
        charge, locked = lock_refund(refund_id)
        if locked.state != RefundState.QUARANTINED:
            return locked
        if found is not None:
            move_refund(locked, "resume", ChargeActor.OWNER)
        else:
            _fail(charge, locked, "Stripe knows nothing of it", database_now(), step="give_up")
    if found is not None:
        settle_refund(refund_id=refund_id, snapshot=found)
    announce_refund(refund_id=refund_id)
    return Refund.objects.get(pk=refund_id)


def _at_provider(refund: Refund) -> RefundSnapshot | None:
    if refund.provider_id:
        return default_gateway().get_refund(refund.provider_id)
    payment_id = refund.attempt.payment_id or ""
    return next(iter(default_gateway().find_refunds(refund_ref=refund.public_id, payment_id=payment_id)), None)


def look_at_refund(refund: Refund) -> None:
    """Fetch a refund by its id at the provider, and settle it. Raises GatewayError."""
    if refund.provider_id:
        settle_refund(refund_id=refund.pk, snapshot=default_gateway().get_refund(refund.provider_id))


def _lease(refund_id: int) -> tuple[Refund, bool] | None:
    """Commit that this worker has it for a while, and whether it is to look it up; None: there is nothing to do now."""
    with transaction.atomic(durable=True):
        _, refund = lock_refund(refund_id)
        now = database_now()
        to_send = (RefundState.PENDING, RefundState.SUBMITTING, RefundState.UNKNOWN)
        if refund.state not in to_send or refund.due_at > now:
            return None
        looks_up = timing.key_is_spent(first_sent_at=refund.first_sent_at, tries=refund.tries, now=now)
        if looks_up:
            settled_in = (refund.sent_at or now) + timing.SETTLING_IN
            if settled_in > now:  # a list endpoint may not show yet what came of the last send
                refund.due_at = settled_in
                refund.save()
                return None
        else:
            refund.first_sent_at = refund.first_sent_at or now
            refund.sent_at = now
        refund.tries += 1
        refund.due_at = now + timing.LEASE
        refund.save()
        if refund.state != RefundState.SUBMITTING:  # still so when the worker before died
            move_refund(refund, "submit", ChargeActor.WORKER)
        return refund, looks_up


def _look_up(refund: Refund) -> RefundSnapshot:
    """Found by listing. Where nothing is, it is sent again later, under a new key."""
    found = default_gateway().find_refunds(refund_ref=refund.public_id, payment_id=refund.attempt.payment_id or "")
    if found:
        return found[0]
    _renew_key(refund)
    raise OutcomeUnknown("nothing found by listing; it is sent again under a new key")


def _send(refund: Refund) -> RefundSnapshot:
    return default_gateway().refund(
        refund_ref=refund.public_id,
        payment_id=refund.attempt.payment_id or "",
        amount=refund.amount,
        idempotency_key=refund.idempotency_key,
    )


def _renew_key(refund: Refund) -> None:
    """The listing shows that nothing came of the old key, long after it was last sent."""
    Refund.objects.filter(pk=refund.pk, tries=refund.tries).update(
        idempotency_key=f"refund:{refund.public_id}:{refund.tries}", first_sent_at=None
    )


def _mismatch(refund: Refund, snapshot: RefundSnapshot) -> str:
    pairs = {
        "amount": (snapshot.amount, refund.amount),
        "currency": (snapshot.currency, refund.currency),
        "payment": (snapshot.payment_id, refund.attempt.payment_id),
        "refund_ref": (snapshot.metadata.get("refund_ref"), refund.public_id),
    }
    if refund.origin == RefundOrigin.PROVIDER:
        del pairs["refund_ref"]
    return ", ".join(name for name, (theirs, ours) in pairs.items() if theirs != ours)


def _quarantine(refund: Refund, reason: str) -> None:
    log.error("refund_quarantined", refund=refund.public_id, reason=reason)
    refund.failure = reason[:120]
    if refund.state in (RefundState.SUBMITTING, RefundState.UNKNOWN, RefundState.PROCESSING):
        move_refund(refund, "quarantine", ChargeActor.PROVIDER)
        group, now = refund.charge.group, database_now()
        alert(what="refund", public_id=refund.public_id, group=group, reason=reason, now=now)


def _follow_refusal(refund: Refund, error: RequestRejected | StateConflict) -> None:
    """A definite no. It has failed when the bank has taken the payment back, or when so much of it was refunded in the
    provider's own dashboard that ours doesn't fit any more; any other no is a mistake, for a person to look at.
    """
    try:
        found = default_gateway().find_refunds(refund_ref="", payment_id=refund.attempt.payment_id or "")
    except GatewayError as unheard:
        _lose_sight(refund, str(unheard))
        return
    ours = next((each for each in found if each.metadata.get("refund_ref") == refund.public_id), None)
    theirs = sum(each.amount for each in found if each.status != "failed")
    if ours is not None:
        settle_refund(refund_id=refund.pk, snapshot=ours)
    elif isinstance(error, StateConflict) and error.code in DISPUTED:
        _fail_refused(refund, "The buyer’s bank has taken the payment back")
    elif theirs + refund.amount > refund.attempt.charge.total:
        _fail_refused(refund, "It had been refunded at Stripe already")
    else:
        _give_up(refund, f"{type(error).__name__}: {error}")


def _fail_refused(refund: Refund, reason: str) -> None:
    with transaction.atomic(durable=True):
        charge, locked = lock_refund(refund.pk)
        if locked.tries != refund.tries or locked.state != RefundState.SUBMITTING:
            return
        _fail(charge, locked, reason, database_now())
        _hear_again(refund)
        nudge_on_commit("find_refunds", refund.attempt_id)
    announce_refund(refund_id=refund.pk)


def _hear_again(refund: Refund) -> None:
    """News of refunds that stood back for ours, and were put aside after days of waiting, are due once more."""
    WebhookEvent.objects.filter(
        object_type="refund",
        state=EventState.IGNORED,
        payload__data__object__payment_intent=refund.attempt.payment_id,
    ).update(state=EventState.ORPHAN, due_at=database_now(), processed_at=None)


def _give_up(refund: Refund, reason: str) -> None:
    with transaction.atomic(durable=True):
        _, locked = lock_refund(refund.pk)
        if locked.tries == refund.tries:
            _quarantine(locked, reason)


def _lose_sight(refund: Refund, reason: str) -> None:
    log.warning("refund_outcome_unknown", refund=refund.public_id, reason=reason)
    with transaction.atomic(durable=True):
        _, locked = lock_refund(refund.pk)
        if locked.tries == refund.tries and locked.state == RefundState.SUBMITTING:
            locked.due_at = database_now() + timing.backoff(locked.tries)
            move_refund(locked, "lose_sight", ChargeActor.WORKER)
