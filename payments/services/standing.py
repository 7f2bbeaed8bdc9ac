"""Where the money of a charge stands now, and how much of it is left: the one place that refunds, lost chargebacks,
acceptance and release read it from (R-PAY-7). Minor units.

Everything here expects the charge to be locked, and locks its transfer: charge → transfer → ledger accounts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from payments import ledger
from payments.enums import AccountKind, ChargeActor, DisputeState, RefundKind, RefundState, TransferState
from payments.models import Charge, ChargeAttempt, Dispute, Posting, Refund, Transfer, TransferReversal
from payments.services import booking
from payments.services.moving import move_transfer
from payments.shares import Parts, add_up, divide_return

PAYABLE = frozenset({TransferState.WAITING, TransferState.CLOSED})


class Returned(Protocol):
    """A refund that has not failed, or a lost chargeback: what went back before."""

    kind: str
    price_part: int
    fee_part: int
    commission_part: int

    def save(self, *, update_fields: list[str]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`of` is what was captured, with all of the commission on it once the work was accepted; `gone` went back of it.

    `transfer` is the seller's part on its way out, once the money was released. `stranded` is payable to the seller
    again although it was sent: a refund took it back, and then the bank returned that refund.
    """

    stage: RefundKind
    of: Parts
    gone: Parts
    transfer: Transfer | None
    stranded: int = 0

    @property
    def left(self) -> Parts:
        return Parts(
            price=self.of.price - self.gone.price,
            fee=self.of.fee - self.gone.fee,
            commission=self.of.commission - self.gone.commission,
        )

    def divide(self, total: int) -> Parts:
        """How `total`, no more than what is left, divides if it goes back now."""
        return divide_return(total=total, of=self.of, before=self.gone)

    def kind_of(self, parts: Parts) -> RefundKind:
        """Whose money `parts` are. What was kept for a debt of the seller counts as sent: it was used."""
        if self.stage == RefundKind.RELEASED and self.transfer and parts.seller > self.transfer.amount:
            return RefundKind.PAID_OUT
        if self.stage == RefundKind.PAID_OUT and 0 < parts.seller <= self.stranded:
            return RefundKind.RELEASED
        return self.stage


def standing_of(charge: Charge) -> Standing:
    """Read a locked charge that was captured."""
    returned = list(returned_of(charge))
    accepted = ledger.is_posted(booking.acceptance_source(charge))
    released = charge.released_at is not None or ledger.is_posted(booking.release_source(charge))
    transfer = Transfer.objects.select_for_update().filter(charge=charge).first() if released else None
    stage = _stage(accepted=accepted, released=released, transfer=transfer)
    return Standing(
        stage=stage,
        stranded=stranded_of(charge) if stage == RefundKind.PAID_OUT else 0,
        of=Parts(
            price=charge.amount,
            fee=charge.fee,
            commission=_commission(charge) if accepted else 0,
        ),
        gone=add_up(returned),
        transfer=transfer,
    )


def returned_of(charge: Charge) -> Iterable[Returned]:
    """What went back of a charge or is on its way, oldest first; a second capture is not part of it."""
    yield from Refund.objects.filter(charge=charge).exclude(state=RefundState.FAILED).exclude(kind=RefundKind.SURPLUS)
    yield from Dispute.objects.filter(charge=charge, state=DisputeState.LOST).exclude(kind=RefundKind.SURPLUS)


def surplus_left(charge: Charge, attempt: ChargeAttempt) -> int:
    """What of a second capture, which goes back by itself, has neither set off nor been lost."""
    refunds = Refund.objects.filter(attempt=attempt).exclude(state=RefundState.FAILED)
    lost = Dispute.objects.filter(attempt=attempt, state=DisputeState.LOST)
    gone = sum(each.amount for each in refunds) + sum(each.price_part + each.fee_part for each in lost)
    return charge.total - gone


def take_from(money: Standing, kind: RefundKind, parts: Parts) -> None:
    """What goes back of money that waits to be sent is not sent."""
    transfer = money.transfer
    if kind != RefundKind.RELEASED or transfer is None or transfer.state != TransferState.WAITING or not parts.seller:
        return
    transfer.amount -= parts.seller
    transfer.save(update_fields=["amount"])
    if not transfer.amount:
        move_transfer(transfer, "close", ChargeActor.WORKER)


def share_commission(charge: Charge, commission: int) -> int:
    """Of all the `commission` on a charge, write down the shares of what went back before the work was accepted, by
    running totals; returns their sum.
    """
    price = shared = 0
    for row in returned_of(charge):
        price += row.price_part
        row.commission_part = commission * price // charge.amount - shared
        shared += row.commission_part
        row.save(update_fields=["commission_part"])
    return shared


def _stage(*, accepted: bool, released: bool, transfer: Transfer | None) -> RefundKind:
    if not accepted:
        return RefundKind.HELD
    if not released:
        return RefundKind.ACCRUED
    return RefundKind.RELEASED if transfer is None or transfer.state in PAYABLE else RefundKind.PAID_OUT


def stranded_of(charge: Charge) -> int:
    """What of a sent charge is payable by the books: every entry about it, its refunds, its sending and taking back."""
    named = {charge.public_id}
    named |= set(Refund.objects.filter(charge=charge).values_list("public_id", flat=True))
    named |= set(Dispute.objects.filter(charge=charge).values_list("public_id", flat=True))
    named |= set(Transfer.objects.filter(charge=charge).values_list("public_id", flat=True))
    named |= set(TransferReversal.objects.filter(transfer__charge=charge).values_list("public_id", flat=True))
    postings = Posting.objects.filter(entry__group=charge.group, account__kind=AccountKind.SELLER_PAYABLE)
    rows = postings.values_list("entry__source", "amount")
    return -sum(amount for source, amount in rows if source.split(":")[1] in named)


def _commission(charge: Charge) -> int:
    """All of the commission on an accepted charge: what was accrued, and the share of what had gone back before."""
    accrued = ledger.lines_of(booking.acceptance_source(charge))
    shares = [
        *Refund.objects.filter(charge=charge, kind=RefundKind.HELD).values_list("commission_part", flat=True),
        *Dispute.objects.filter(charge=charge, kind=RefundKind.HELD).values_list("commission_part", flat=True),
    ]
    return sum(shares) - sum(line.amount for line in accrued if line.account == AccountKind.COMMISSION_ACCRUED)
