"""A chargeback is lost: the bank's decision comes out of where the charge's money stands, and of no other (R-PAY-7).

What isn't there any more, because it went back to the buyer already, is borne by us; only until a refund of it fails.
"""

from datetime import datetime

import structlog

from payments import ledger
from payments.enums import AccountKind, AttemptState, DisputeState, RefundKind, ReversalState
from payments.models import Charge, Dispute, Refund, TransferReversal
from payments.queue import nudge_on_commit
from payments.services import booking
from payments.services.outbound import lock_debt
from payments.services.squaring import pay_debt
from payments.services.standing import PAYABLE, Standing, standing_of, surplus_left, take_from
from payments.shares import Parts

GROUPS = (
    AccountKind.COMMISSION_ACCRUED,
    AccountKind.FEE_ACCRUED,
    AccountKind.FEE_HELD,
    AccountKind.HELD,
    AccountKind.REFUND_CLEARING,
    AccountKind.SELLER_ACCRUED,
    AccountKind.SURPLUS,
)
SELLERS = (AccountKind.SELLER_PAYABLE, AccountKind.SELLER_RECEIVABLE)
OURS = (AccountKind.BAD_DEBT, AccountKind.COMMISSION_REVENUE, AccountKind.FEE_REVENUE, AccountKind.PSP_BALANCE)

log = structlog.get_logger(__name__)


def take_loss(*, charge: Charge, dispute: Dispute, now: datetime) -> None:
    """Book what the bank keeps of a locked charge. What had gone back to the buyer already is our own loss."""
    lost = dispute.withdrawn - dispute.reinstated
    standing, left = _left(charge, dispute)
    taken = min(lost, left)
    if lost > taken:
        log.error("chargeback_beyond_what_was_left", dispute=dispute.public_id, amount=lost - taken)
        booking.book_dispute_absorbed(charge=charge, dispute=dispute, amount=lost - taken, now=now)
    if taken:
        _take(charge, dispute, standing, taken, now)


def lock_borne(*, charge: Charge, refund: Refund) -> list[Dispute]:
    """The lost chargebacks of a locked refund's payment of which we bear a part, oldest first.

    With any, what follows books twice: every account that it may post to is locked, in their one order.
    """
    lost = Dispute.objects.filter(attempt=refund.attempt, state=DisputeState.LOST)
    found = [dispute for dispute in lost.select_for_update(of=("self",)).order_by("pk") if _borne(dispute)]
    if found:
        _lock_accounts(charge, GROUPS)
    return found


def _lock_accounts(charge: Charge, groups: tuple[AccountKind, ...] = ()) -> None:
    """Of the group those named, all that are the platform's and the seller's: more than one entry follows."""
    keys = [(kind.value, charge.group) for kind in groups] + [(kind.value, "") for kind in OURS]
    keys += [(kind.value, charge.payee.public_id) for kind in SELLERS]
    ledger.lock_balances(keys=keys, currency=charge.currency)


def take_borne(*, charge: Charge, dispute: Dispute, refund: Refund, now: datetime) -> None:
    """`refund` has failed and its money is back where it stood: what we bore of a chargeback comes out of it, for the
    buyer has that by the bank.
    """
    dispute.attempt = refund.attempt
    standing, left = _left(charge, dispute)
    if taken := min(_borne(dispute), left):
        log.warning("chargeback_taken_from_a_failed_refund", dispute=dispute.public_id, amount=taken)
        _take(charge, dispute, standing, taken, now, failed=refund)
        dispute.save()


def _borne(dispute: Dispute) -> int:
    return dispute.withdrawn - dispute.reinstated - dispute.price_part - dispute.fee_part


def _left(charge: Charge, dispute: Dispute) -> tuple[Standing | None, int]:
    """Where the money of the disputed payment stands and how much there is; a second capture stands nowhere else."""
    if dispute.attempt.state == AttemptState.SURPLUS:
        return None, surplus_left(charge, dispute.attempt)
    standing = standing_of(charge)
    return standing, standing.left.total


def _take(
    charge: Charge,
    dispute: Dispute,
    standing: Standing | None,
    taken: int,
    now: datetime,
    *,
    failed: Refund | None = None,
) -> None:
    parts = standing.divide(taken) if standing else Parts(price=taken)
    kind = standing.kind_of(parts) if standing else RefundKind.SURPLUS
    dispute.kind = dispute.kind or kind
    dispute.price_part += parts.price
    dispute.fee_part += parts.fee
    dispute.commission_part += parts.commission
    payable_again = standing is not None and standing.stranded > 0 and kind == RefundKind.PAID_OUT
    if payable_again:
        _lock_accounts(charge)
    booking.book_dispute_lost(charge=charge, dispute=dispute, kind=kind, parts=parts, now=now, failed=failed)
    if standing:
        take_from(standing, kind, parts)
        if standing.transfer and payable_again:
            cause = ":".join(each.public_id for each in (dispute, failed) if each)
            pay_debt(transfer=standing.transfer, most=parts.seller, cause=cause, now=now)
        if kind == RefundKind.PAID_OUT and (whose := _cause(dispute, failed)):
            _take_back(standing, whose, parts.seller, now)


def _cause(dispute: Dispute, failed: Refund | None) -> Dispute | Refund | None:
    """What a reversal would be for; each has one at most, so that the rest is kept from the seller's next payouts."""
    if not TransferReversal.objects.filter(dispute=dispute).exists():
        return dispute
    return failed if failed and not TransferReversal.objects.filter(refund=failed).exists() else None


def _take_back(standing: Standing, cause: Dispute | Refund, owed: int, now: datetime) -> None:
    """What was sent is taken back as far as the transfer holds it; the rest is kept from the seller's next payouts."""
    transfer = standing.transfer
    if transfer is None or transfer.state in PAYABLE:
        return
    taken = transfer.reversals.exclude(state=ReversalState.FAILED).values_list("amount", flat=True)
    amount = min(owed, transfer.amount - sum(taken), lock_debt(transfer, to_post=()))
    if amount <= 0:
        return
    reversal = TransferReversal.objects.create(
        transfer=transfer,
        dispute=cause if isinstance(cause, Dispute) else None,
        refund=cause if isinstance(cause, Refund) else None,
        amount=amount,
        currency=transfer.currency,
        idempotency_key=f"reverse:{cause.public_id}",
        due_at=now,
        created_at=now,
    )
    nudge_on_commit("submit_reversal", reversal.pk)
