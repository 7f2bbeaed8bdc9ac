"""A chargeback is lost: the bank's decision comes out of where the charge's money stands, and of no other (R-PAY-7)."""

from datetime import datetime

import structlog

from payments.enums import AttemptState, RefundKind, RefundState, ReversalState
from payments.models import Charge, Dispute, Refund, TransferReversal
from payments.queue import nudge_on_commit
from payments.services import booking
from payments.services.outbound import lock_debt
from payments.services.standing import PAYABLE, Standing, standing_of, take_from
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
    if standing:
        take_from(standing, RefundKind(dispute.kind), parts)
        _take_back(standing, dispute, parts.seller, now)


def _surplus_left(charge: Charge, dispute: Dispute) -> int:
    """Of a second capture, which goes back by itself anyway."""
    refunds = Refund.objects.filter(attempt=dispute.attempt).exclude(state=RefundState.FAILED)
    return charge.total - sum(refund.amount for refund in refunds)


def _take_back(standing: Standing, dispute: Dispute, owed: int, now: datetime) -> None:
    """What was sent is taken back as far as the transfer holds it; the rest is kept from the seller's next payouts."""
    transfer = standing.transfer
    if dispute.kind != RefundKind.PAID_OUT or transfer is None or transfer.state in PAYABLE:
        return
    taken = transfer.reversals.exclude(state=ReversalState.FAILED).values_list("amount", flat=True)
    amount = min(owed, transfer.amount - sum(taken), lock_debt(transfer, to_post=()))
    if amount <= 0:
        return
    reversal = TransferReversal.objects.create(
        transfer=transfer,
        dispute=dispute,
        amount=amount,
        currency=transfer.currency,
        idempotency_key=f"reverse:{dispute.public_id}",
        due_at=now,
        created_at=now,
    )
    nudge_on_commit("submit_reversal", reversal.pk)
