"""What follows from a refund that has ended: done, the seller who has the money gives it back; failed, the money goes
back to where the charge's money stands now, which may be further on than when it was asked for (R-PAY-7).

Both under the charge's lock, then the transfer's, then the accounts' in their one order.
"""

from datetime import datetime

from payments import ledger, postings
from payments.enums import AccountKind, ChargeActor, RefundKind, ReversalState, TransferState
from payments.models import Charge, Refund, Transfer, TransferReversal
from payments.postings import Line, Lines
from payments.queue import nudge_on_commit
from payments.services import booking
from payments.services.moving import move_reversal, move_transfer
from payments.services.squaring import pay_debt
from payments.services.standing import PAYABLE, Standing, standing_of

SENT = (RefundKind.RELEASED, RefundKind.PAID_OUT)
TAKING_BACK = (ReversalState.PENDING, ReversalState.SUBMITTING, ReversalState.UNKNOWN, ReversalState.QUARANTINED)


def take_back(*, charge: Charge, refund: Refund, now: datetime) -> None:
    """A refund of money that the seller has been sent is done: as much of it as the transfer holds is taken back.

    First goes what is payable of it again. What can't be taken is owed, and kept from the seller's next payouts.
    """
    transfer = Transfer.objects.select_for_update().filter(charge=charge).first()
    if refund.kind != RefundKind.PAID_OUT or transfer is None or transfer.state in PAYABLE:
        return
    pay_debt(transfer=transfer, most=booking.parts_of(refund).seller, cause=refund.public_id, now=now)
    taken = transfer.reversals.exclude(state=ReversalState.FAILED).values_list("amount", flat=True)
    debt = _lock_debt(charge, [])
    amount = min(booking.parts_of(refund).seller, transfer.amount - sum(taken), debt)
    if amount <= 0:
        return
    reversal = TransferReversal.objects.create(
        transfer=transfer,
        refund=refund,
        amount=amount,
        currency=refund.currency,
        idempotency_key=f"reverse:{refund.public_id}",
        due_at=now,
        created_at=now,
    )
    nudge_on_commit("submit_reversal", reversal.pk)


def put_back(*, charge: Charge, refund: Refund, now: datetime) -> None:
    """Book the failure of a locked refund, and give the seller's part its way out again."""
    parts, kind, seller = booking.parts_of(refund), RefundKind(refund.kind), charge.payee.public_id
    money = standing_of(charge) if kind != RefundKind.SURPLUS else None
    if money is not None and money.stage in SENT:
        debt = _debt_left(charge, refund)
        _send_again(money, parts.seller - debt)
        back = _to_seller(charge, refund, debt)
    else:
        stage = money.stage if money else kind
        back = postings.reversed_lines(postings.returned(kind=stage, group=charge.group, seller=seller, parts=parts))
    booking.book_refund_failed(charge=charge, refund=refund, back=back, now=now)


def _to_seller(charge: Charge, refund: Refund, debt: int) -> Lines:
    parts, seller = booking.parts_of(refund), charge.payee.public_id
    return postings.net(
        [
            Line(AccountKind.SELLER_RECEIVABLE, seller, -debt),
            Line(AccountKind.SELLER_PAYABLE, seller, -(parts.seller - debt)),
            Line(AccountKind.COMMISSION_REVENUE, "", -parts.commission),
            Line(AccountKind.FEE_REVENUE, "", -parts.fee),
        ]
    )


def _debt_left(charge: Charge, refund: Refund) -> int:
    """What the seller still owes for `refund`: not taken back, not being taken back, not kept from another payout."""
    if refund.kind != RefundKind.PAID_OUT:
        return 0
    reversal = TransferReversal.objects.select_for_update().filter(refund=refund).first()
    if reversal is not None and reversal.state == ReversalState.PENDING:
        reversal.failure = "the refund failed"
        move_reversal(reversal, "drop", ChargeActor.WORKER)
    taken = reversal.amount if reversal is not None and reversal.state != ReversalState.FAILED else 0
    seller = charge.payee.public_id
    will_move = [
        (AccountKind.COMMISSION_REVENUE.value, ""),
        (AccountKind.FEE_REVENUE.value, ""),
        (AccountKind.PSP_BALANCE.value, ""),
        (AccountKind.REFUND_CLEARING.value, charge.group),
        (AccountKind.SELLER_PAYABLE.value, seller),
    ]
    return max(0, min(booking.parts_of(refund).seller - taken, _lock_debt(charge, will_move)))


def _lock_debt(charge: Charge, beside: list[ledger.AccountKey]) -> int:
    """What the seller owes in the charge's currency and nothing is taking back yet; the accounts are locked."""
    receivable = (AccountKind.SELLER_RECEIVABLE.value, charge.payee.public_id)
    owed = ledger.lock_balances(keys=[*beside, receivable], currency=charge.currency)[receivable]
    coming = TransferReversal.objects.filter(
        transfer__payee=charge.payee, currency=charge.currency, state__in=TAKING_BACK
    ).values_list("amount", flat=True)
    return max(0, owed - sum(coming))


def _send_again(money: Standing, amount: int) -> None:
    """`amount` more is payable to the seller."""
    transfer = money.transfer
    if not amount or transfer is None or transfer.state not in PAYABLE:
        return  # what was sent is sent: more than that is owed to the seller until support has decided
    transfer.amount += amount
    transfer.save(update_fields=["amount"])
    if transfer.state == TransferState.CLOSED:
        move_transfer(transfer, "reopen", ChargeActor.WORKER)
