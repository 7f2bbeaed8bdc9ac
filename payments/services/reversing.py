"""Taking back from sellers what a refund or a lost dispute left them owing: leased, sent under its own key, settled.

Only after the transfer has arrived. A definite no leaves the debt, to be kept from the next payouts. What somebody took
back in the provider's dashboard is found and booked too.
"""

import structlog
from django.db import transaction
from django.db.models import Q

from marketplace.web.clock import database_now
from payments import timing
from payments.crash_points import crash_point
from payments.enums import ChargeActor, ReversalState, TransferState
from payments.gateway import (
    GatewayError,
    ObjectMissing,
    OutcomeUnknown,
    RequestRejected,
    ReversalSnapshot,
    StateConflict,
)
from payments.models import Transfer, TransferReversal
from payments.services import outbound
from payments.services.alerting import alert
from payments.services.moving import lock_reversal, lock_transfer, move_reversal
from payments.services.squaring import pay_debt
from payments.services.transferring import settle_transfer
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)

TO_SEND = (ReversalState.PENDING, ReversalState.SUBMITTING, ReversalState.UNKNOWN)
SENDING = (ReversalState.SUBMITTING, ReversalState.UNKNOWN)


def submit_reversal(*, reversal_id: int) -> None:
    """Take a reversal as far as it goes now. Network: never in a transaction. Any number of workers may try."""
    leased = _lease(reversal_id)
    if leased is None:
        return
    reversal, looks_up = leased
    crash_point("reversal:leased")
    try:
        snapshot = _look_up(reversal) if looks_up else _send(reversal)
    except (StateConflict, ObjectMissing, RequestRejected) as error:
        _fail(reversal, f"{type(error).__name__}: {error}")
    except GatewayError as error:
        _lose_sight(reversal, str(error))
    else:
        crash_point("reversal:sent")
        settle_reversal(reversal_id=reversal_id, snapshot=snapshot)


def settle_reversal(*, reversal_id: int, snapshot: ReversalSnapshot) -> None:
    """Write down that a reversal exists at the provider; the books once. Never inside a transaction; safe to repeat."""
    with transaction.atomic(durable=True):
        _, reversal = lock_reversal(reversal_id)
        if differs := mismatch(reversal, snapshot):
            log.error("reversal_quarantined", reversal=reversal.public_id, reason=differs)
            if reversal.state in SENDING:
                reason = f"{snapshot.id} at Stripe differs in {differs}"
                reversal.failure = reason[:120]
                move_reversal(reversal, "quarantine", ChargeActor.PROVIDER)
                alert(
                    what="reversal", public_id=reversal.public_id, group=reversal.transfer.group,
                    payee=reversal.transfer.payee, reason=reason, now=database_now(),
                )  # fmt: skip
        elif reversal.state in SENDING:
            reversal.provider_id = snapshot.id
            outbound.book_taken_back(reversal=reversal, now=database_now())
            move_reversal(reversal, "succeed", ChargeActor.PROVIDER)
    crash_point("reversal:settled")


def follow_transfer(*, provider_id: str, transfer_ref: str) -> bool:
    """News of a transfer at the provider, known by its id or by our mark; False when it is none of ours.

    Network: never in a transaction. Raises GatewayError.
    """
    transfer = Transfer.objects.filter(Q(provider_id=provider_id) | Q(public_id=transfer_ref)).first()
    if transfer is None:
        return False
    settle_transfer(transfer_id=transfer.pk, snapshot=default_gateway().get_transfer(provider_id))
    look_at_reversals(Transfer.objects.get(pk=transfer.pk))
    return True


def look_at_reversals(transfer: Transfer) -> None:
    """Fetch all that was taken back of a sent transfer, and settle it: ours, and what others did. Raises GatewayError.

    Network: never in a transaction.
    """
    if not transfer.provider_id:
        return
    for snapshot in default_gateway().find_reversals(reversal_ref="", transfer_id=transfer.provider_id):
        ours = TransferReversal.objects.filter(
            transfer=transfer, public_id=snapshot.metadata.get("reversal_ref", "")
        ).first()
        if ours is not None:
            settle_reversal(reversal_id=ours.pk, snapshot=snapshot)
        else:
            _adopt(transfer, snapshot)


def _adopt(transfer: Transfer, snapshot: ReversalSnapshot) -> None:
    """Money was taken back without us: a row and a booking of its own, once."""
    with transaction.atomic(durable=True):
        _, locked = lock_transfer(transfer.pk)
        if locked.state != TransferState.SUCCEEDED or snapshot.currency != locked.currency:
            log.error("reversal_of_an_odd_transfer", transfer=locked.public_id, reversal=snapshot.id)
            return
        now = database_now()
        reversal, made = TransferReversal.objects.get_or_create(
            provider_id=snapshot.id,
            defaults={
                "transfer": locked,
                "amount": snapshot.amount,
                "currency": snapshot.currency,
                "state": ReversalState.SUCCEEDED,
                "idempotency_key": f"reversal:{snapshot.id}",
                "due_at": now,
                "created_at": now,
            },
        )
        if made:
            log.warning("reversal_made_elsewhere", transfer=locked.public_id, reversal=snapshot.id)
            reversal.transfer = locked
            outbound.book_taken_back_elsewhere(reversal=reversal, now=now)


def _lease(reversal_id: int) -> tuple[TransferReversal, bool] | None:
    """Commit that this worker has it for a while, and whether it is to look it up; None: there is nothing to do now."""
    with transaction.atomic(durable=True):
        transfer, reversal = lock_reversal(reversal_id)
        now = database_now()
        if reversal.state not in TO_SEND or reversal.due_at > now or transfer.state != TransferState.SUCCEEDED:
            return None
        if reversal.state == ReversalState.PENDING and outbound.debt_for(reversal) < reversal.amount:
            reversal.failure = "the debt is paid already"
            move_reversal(reversal, "drop", ChargeActor.WORKER)
            return None
        looks_up = timing.key_is_spent(first_sent_at=reversal.first_sent_at, tries=reversal.tries, now=now)
        if looks_up:
            settled_in = (reversal.sent_at or now) + timing.SETTLING_IN
            if settled_in > now:
                reversal.due_at = settled_in
                reversal.save()
                return None
        else:
            reversal.first_sent_at = reversal.first_sent_at or now
            reversal.sent_at = now
        reversal.tries += 1
        reversal.due_at = now + timing.LEASE
        reversal.save()
        if reversal.state != ReversalState.SUBMITTING:  # still so when the worker before died
            move_reversal(reversal, "submit", ChargeActor.WORKER)
        return reversal, looks_up


def _look_up(reversal: TransferReversal) -> ReversalSnapshot:
    """Found by listing. Where nothing is, it is sent again later, under a new key."""
    found = default_gateway().find_reversals(
        reversal_ref=reversal.public_id, transfer_id=reversal.transfer.provider_id or ""
    )
    if found:
        return found[0]
    TransferReversal.objects.filter(pk=reversal.pk, tries=reversal.tries).update(
        idempotency_key=f"reversal:{reversal.public_id}:{reversal.tries}", first_sent_at=None
    )
    raise OutcomeUnknown("nothing found by listing; it is sent again under a new key")


def _send(reversal: TransferReversal) -> ReversalSnapshot:
    return default_gateway().reverse_transfer(
        reversal_ref=reversal.public_id,
        transfer_id=reversal.transfer.provider_id or "",
        amount=reversal.amount,
        idempotency_key=reversal.idempotency_key,
    )


def mismatch(reversal: TransferReversal, snapshot: ReversalSnapshot) -> str:
    """Which of amount, currency or marks differs from what we asked for; "" when none does."""
    pairs = {
        "amount": (snapshot.amount, reversal.amount),
        "currency": (snapshot.currency, reversal.currency),
        "reversal": (snapshot.id, reversal.provider_id or snapshot.id),
        "reversal_ref": (snapshot.metadata.get("reversal_ref"), reversal.public_id),
        "transfer": (snapshot.transfer_id, reversal.transfer.provider_id),
    }
    return ", ".join(name for name, (theirs, ours) in pairs.items() if theirs != ours)


def _fail(reversal: TransferReversal, reason: str) -> None:
    """A definite no: nothing was taken back. The seller goes on owing it."""
    log.error("reversal_failed", reversal=reversal.public_id, reason=reason)
    with transaction.atomic(durable=True):
        _, locked = lock_reversal(reversal.pk)
        if locked.tries == reversal.tries and locked.state in SENDING:
            locked.failure = reason[:120]
            give_up(locked, "fail", ChargeActor.PROVIDER)


def give_up(reversal: TransferReversal, step: str, actor: ChargeActor) -> None:
    """Nothing was taken back by a locked reversal. While it was under way the bank may have returned the refund that it
    was for, and its money became payable: that pays what is owed, for nothing else would ever send it.
    """
    move_reversal(reversal, step, actor)
    pay_debt(transfer=reversal.transfer, most=reversal.amount, cause=reversal.public_id, now=database_now())


def _lose_sight(reversal: TransferReversal, reason: str) -> None:
    log.warning("reversal_outcome_unknown", reversal=reversal.public_id, reason=reason)
    with transaction.atomic(durable=True):
        _, locked = lock_reversal(reversal.pk)
        if locked.tries == reversal.tries and locked.state == ReversalState.SUBMITTING:
            locked.due_at = database_now() + timing.backoff(locked.tries)
            move_reversal(locked, "lose_sight", ChargeActor.WORKER)
