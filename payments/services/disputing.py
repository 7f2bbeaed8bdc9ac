"""Chargebacks and inquiries: what the provider says of a dispute, written down under the charge's lock (R-PAY-7).

Like `settling`: fetched, never believed from an event; only forward; the books once. A dispute touches its own charge
and no other money. What doesn't match the charge is kept with the reason, and nothing of it is booked.
"""

from datetime import datetime

import structlog
from django.db import transaction

from marketplace.web.clock import database_now
from payments import timing
from payments.crash_points import crash_point
from payments.enums import (
    AttemptState,
    DisputeOutcome,
    DisputeState,
    EvidenceState,
    HoldKind,
)
from payments.gateway import DisputeSnapshot
from payments.models import Charge, ChargeAttempt, Dispute
from payments.services import booking
from payments.services.adopting import adopt_refunds
from payments.services.announcing import announce_dispute, set_dispute_outcome
from payments.services.holding import lift_payout_hold, place_payout_hold
from payments.services.losing import take_loss
from payments.services.moving import can_move_dispute, lock_attempt, lock_dispute, move_dispute
from payments.services.settling import settle
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)

CAPTURED = (AttemptState.SUCCEEDED, AttemptState.SURPLUS)
INQUIRIES = ("warning_needs_response", "warning_under_review")
MAY_BE_LOST = ("lost", "warning_closed", "prevented")
REASON = "The buyer’s bank asks for the money back."


def follow_dispute(*, provider_id: str) -> bool:
    """Fetch a dispute and settle it; False when it is about no payment of ours, or its end has to wait.

    What was refunded before the bank decided has its row first: a loss takes only what is left, and a refund that was
    made in the dashboard would find nothing any more (R-PAY-7). Network: never in a transaction. Raises GatewayError.
    """
    snapshot = default_gateway().get_dispute(provider_id)
    attempt = _attempt_of(snapshot)
    if attempt is None:
        return False
    if attempt.state not in CAPTURED:  # its own news are late, or lost
        settle(attempt_id=attempt.pk, snapshot=default_gateway().get_payment(snapshot.payment_id))
        attempt.refresh_from_db()
    if attempt.state not in CAPTURED:
        return False
    may_end = snapshot.status not in MAY_BE_LOST or adopt_refunds(attempt_id=attempt.pk)
    settle_dispute(attempt_id=attempt.pk, snapshot=snapshot, may_end=may_end)
    return may_end


def settle_dispute(*, attempt_id: int, snapshot: DisputeSnapshot, may_end: bool = True) -> Dispute:
    """Write down what the provider says, then announce it. Never inside a transaction; safe to repeat.

    The money that moved and what it means are two steps, each of which locks its accounts in their one order. Without
    `may_end` the second waits for other news.
    """
    with transaction.atomic(durable=True):
        charge, attempt = lock_attempt(attempt_id)
        dispute = _find(snapshot) or _open(charge, attempt, snapshot, database_now())
        matches = _record(charge, dispute, snapshot, database_now())
    crash_point("dispute:booked")
    if matches and may_end:
        with transaction.atomic(durable=True):
            charge, dispute = lock_dispute(dispute.pk)
            _follow(charge, dispute, snapshot, database_now())
        crash_point("dispute:followed")
    announce_dispute(dispute_id=dispute.pk)
    crash_point("dispute:announced")
    return dispute


def _attempt_of(snapshot: DisputeSnapshot) -> ChargeAttempt | None:
    for field, value in (("payment_id", snapshot.payment_id), ("provider_charge_id", snapshot.charge_id)):
        if value and (found := ChargeAttempt.objects.filter(**{field: value}).first()):
            return found
    return None


def _find(snapshot: DisputeSnapshot) -> Dispute | None:
    return Dispute.objects.select_for_update(of=("self",)).filter(provider_id=snapshot.id).first()


def _open(charge: Charge, attempt: ChargeAttempt, snapshot: DisputeSnapshot, now: datetime) -> Dispute:
    """The first that we hear of it, whatever has become of it by now. While it is open nothing is paid out."""
    asked = snapshot.status in INQUIRIES or snapshot.status == "warning_closed"
    dispute = Dispute(
        charge=charge,
        attempt=attempt,
        provider_id=snapshot.id,
        amount=snapshot.amount,
        currency=snapshot.currency,
        reason=snapshot.reason[:60],
        state=DisputeState.INQUIRY if asked else DisputeState.NEEDS_RESPONSE,
        opened_at=snapshot.created,
        due_at=now,
    )
    set_dispute_outcome(dispute, DisputeOutcome.ASKED if asked else DisputeOutcome.OPENED)
    dispute.save()
    place_payout_hold(group=charge.group, kind=HoldKind.CHARGEBACK, reference=dispute.public_id, reason=REASON, now=now)
    log.error("dispute_opened", dispute=dispute.public_id, charge=charge.public_id, reason=dispute.reason)
    return dispute


def _record(charge: Charge, dispute: Dispute, snapshot: DisputeSnapshot, now: datetime) -> bool:
    """Book what has moved by it; False, with nothing booked, when it can't be of this charge."""
    differs = mismatch(charge, dispute, snapshot)
    if differs:
        dispute.failure = f"{snapshot.id} differs in {differs}"
        log.error("dispute_does_not_match", dispute=dispute.public_id, charge=charge.public_id, differs=differs)
    else:
        dispute.amount, dispute.evidence_due = snapshot.amount, snapshot.evidence_due
        _book(charge, dispute, snapshot, now)
    if dispute.evidence_state != EvidenceState.QUEUED:
        dispute.due_at = now + timing.DISPUTE_POLL
    dispute.save()
    return not differs


def _has_arrived(snapshot: DisputeSnapshot) -> bool:
    """Our side; one that was sent while the bank only asked does not answer the chargeback."""
    return snapshot.evidence_sent and snapshot.status not in ("needs_response", "warning_needs_response")


def mismatch(charge: Charge, dispute: Dispute, snapshot: DisputeSnapshot) -> str:
    """Which of currency, sum or payment can't be of this charge, or be booked in its currency; "" when none."""
    wrong = {
        "currency": snapshot.currency != charge.currency,
        "amount": snapshot.amount > charge.total,
        "withdrawn": snapshot.withdrawn > charge.total or snapshot.reinstated > snapshot.withdrawn,
        "payment": snapshot.payment_id not in ("", dispute.attempt.payment_id),
        "settled_in": not snapshot.settled_in <= {charge.currency},
    }
    return ", ".join(name for name, differs in wrong.items() if differs)


def _book(charge: Charge, dispute: Dispute, snapshot: DisputeSnapshot, now: datetime) -> None:
    """What has left our balance by it and come back, as far as it isn't booked. Older news than ours book nothing."""
    if snapshot.withdrawn < dispute.withdrawn or snapshot.reinstated < dispute.reinstated:
        return
    taken, fee = snapshot.withdrawn - dispute.withdrawn, snapshot.fee - dispute.fee
    if taken or fee:
        booking.book_dispute_withdrawn(charge=charge, dispute=dispute, amount=taken, fee=fee, now=now)
        dispute.withdrawn, dispute.fee = snapshot.withdrawn, snapshot.fee
    if (back := snapshot.reinstated - dispute.reinstated) > 0 and dispute.state != DisputeState.LOST:
        booking.book_dispute_won(charge=charge, dispute=dispute, amount=back, now=now)
        dispute.reinstated = snapshot.reinstated


def _follow(charge: Charge, dispute: Dispute, snapshot: DisputeSnapshot, now: datetime) -> None:
    """Take the dispute to where it is, along the edges of its table; news from the past change nothing."""
    if _has_arrived(snapshot) and dispute.evidence_state != EvidenceState.SENT:
        dispute.evidence_state, dispute.evidence_sent_at = EvidenceState.SENT, now
        dispute.save()
    match snapshot.status:
        case "needs_response":
            _grow(dispute, "escalate")
        case "under_review":
            _grow(dispute, "review")
        case "won":
            _end(dispute, "win", DisputeOutcome.WON, now)
        case "lost":
            _lose(charge, dispute, now)
        case "warning_closed" | "prevented" if dispute.withdrawn == dispute.reinstated:
            _end(dispute, "close", DisputeOutcome.CLOSED, now)
        case "warning_closed" | "prevented":
            _lose(charge, dispute, now)


def _grow(dispute: Dispute, name: str) -> None:
    """An inquiry becomes a chargeback, which wants our side anew; or the bank has our side."""
    if not can_move_dispute(dispute, name):
        return
    if dispute.state == DisputeState.INQUIRY:
        set_dispute_outcome(dispute, DisputeOutcome.OPENED)
        dispute.evidence_state, dispute.evidence_sent_at = EvidenceState.DRAFT, None
    move_dispute(dispute, name)


def _lose(charge: Charge, dispute: Dispute, now: datetime) -> None:
    if not can_move_dispute(dispute, "lose"):
        return
    if dispute.withdrawn <= dispute.reinstated:
        log.error("lost_dispute_without_money", dispute=dispute.public_id)
        return
    take_loss(charge=charge, dispute=dispute, now=now)
    _end(dispute, "lose", DisputeOutcome.LOST, now)


def _end(dispute: Dispute, name: str, outcome: DisputeOutcome, now: datetime) -> None:
    if not can_move_dispute(dispute, name):
        return
    dispute.closed_at = now
    set_dispute_outcome(dispute, outcome)
    move_dispute(dispute, name)
    lift_payout_hold(group=dispute.charge.group, kind=HoldKind.CHARGEBACK, reference=dispute.public_id, now=now)
