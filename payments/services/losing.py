"""A chargeback is lost: the bank's decision comes out of where the charge's money stands, and of no other (R-PAY-7)."""

from datetime import datetime

import structlog

from payments.enums import AttemptState, ChargeActor, RefundKind, RefundState, ReversalState, TransferState
from payments.models import Charge, Dispute, Refund, Transfer, TransferReversal
from payments.queue import nudge_on_commit
from payments.services import booking
from payments.services.moving import move_transfer
from payments.services.standing import Standing, standing_of
from payments.shares import Parts

log = structlog.get_logger(__name__)


def take_loss(*, charge: Charge, dispute: Dispute, now: datetime) -> None:
    """Book what the bank keeps of a locked charge. What had gone back to the buyer already is our own loss."""
    lost = dispute.withdrawn - dispute.reinstated
    standing = None if dispute.attempt.state == AttemptState.SURPLUS else standing_of(charge)
    left = standing.left.total if standing else _surplus_left(charge, dispute)
    taken = min(lost, left)
    if lost > taken:
        log.error("chargeback_beyond_what_was_left", dispute=dispute.public_id, amount=lost - taken)
        booking.book_dispute_absorbed(charge=charge, dispute=dispute, amount=lost - taken, now=now)
    if taken:
        _take(charge, dispute, standing, taken, now)


def _take(charge: Charge, dispute: Dispute, standing: Standing | None, taken: int, now: datetime) -> None:
    parts = standing.divide(taken) if standing else Parts(price=taken)
    dispute.kind = standing.kind_of(parts) if standing else RefundKind.SURPLUS
    dispute.price_part, dispute.fee_part, dispute.commission_part = parts.price, parts.fee, parts.commission
    booking.book_dispute_lost(charge=charge, dispute=dispute, parts=parts, now=now)
    if standing and standing.transfer and parts.seller:
        _ask_seller(standing.transfer, dispute, parts.seller, now)


def _surplus_left(charge: Charge, dispute: Dispute) -> int:
    """Of a second capture, which goes back by itself anyway."""
    refunds = Refund.objects.filter(attempt=dispute.attempt).exclude(state=RefundState.FAILED)
    return charge.total - sum(refund.amount for refund in refunds)


def _ask_seller(transfer: Transfer, dispute: Dispute, owed: int, now: datetime) -> None:
    """Less is sent to the seller, or what was sent is taken back; what can't be is kept from the next (R-PAY-5)."""
    if dispute.kind == RefundKind.RELEASED:
        transfer.amount -= owed
        transfer.save()
        if not transfer.amount:
            move_transfer(transfer, "close", ChargeActor.WORKER)
        return
    taken_back = TransferReversal.objects.filter(transfer=transfer).exclude(state=ReversalState.FAILED)
    there = transfer.amount - sum(reversal.amount for reversal in taken_back)
    if dispute.kind != RefundKind.PAID_OUT or transfer.state == TransferState.WAITING or there <= 0:
        return
    reversal = TransferReversal.objects.create(
        transfer=transfer,
        dispute=dispute,
        amount=min(owed, there),
        currency=transfer.currency,
        idempotency_key=f"reversal:{dispute.public_id}",
        due_at=now,
        created_at=now,
    )
    nudge_on_commit("submit_reversal", reversal.pk)
