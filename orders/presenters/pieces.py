"""The money of an order, milestone by milestone, as the ledger has it: what the flow, the list and the API are made of.

Every sum here is a sum of postings (payments.balances); nothing is reckoned from prices but what is not charged yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orders.models import Milestone
from orders.presenters.money import AHEAD
from orders.selectors import OrderView
from payments.balances import ChargeBalances, charge_balances
from payments.earnings import is_payable
from payments.enums import TransferState
from payments.models import PayoutHold, Transfer
from payments.selectors import open_holds


class Stage(StrEnum):
    """Where the accepted price of a charge is, on its way from the order to the seller."""

    ACCEPTED = "accepted"  # released when the order is complete
    CLEARING = "clearing"
    AVAILABLE = "available"  # cleared, and not on its way yet
    ON_THE_WAY = "on_the_way"
    PAID_OUT = "paid_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One milestone's money, or with `milestone` None that of a charge which belongs to none any more.

    `payable`: whether Stripe can send its seller money (R-PAY-5).
    """

    milestone: Milestone | None
    balances: ChargeBalances | None
    transfer: Transfer | None = None
    hold: PayoutHold | None = None
    payable: bool
    now: datetime

    @property
    def is_charged(self) -> bool:
        return self.balances is not None and bool(self.balances.books.captured)

    @property
    def name(self) -> str:
        return self.milestone.name if self.milestone else "An earlier payment"

    @property
    def ahead(self) -> bool:
        """Agreed and not charged yet."""
        return self.milestone is not None and self.milestone.state in AHEAD and not self.is_charged

    @property
    def spent(self) -> int:
        """The accepted part of the price, commission and all, wherever it is on its way to the seller."""
        return self.balances.earning - self.balances.books.held if self.balances else 0

    @property
    def earned(self) -> int:
        """The seller's part of `spent`, after commission."""
        b = self.balances
        return self.spent - b.books.commission - b.books.commission_accrued if b else 0

    @property
    def stage(self) -> Stage | None:
        if self.balances is None or not self.spent:
            return None
        b = self.balances.books
        if b.on_the_way:
            return Stage.ON_THE_WAY
        if b.released:
            waits = self.transfer is not None and self.transfer.clears_at <= self.now
            return Stage.AVAILABLE if waits else Stage.CLEARING
        return Stage.ACCEPTED if b.accrued else Stage.PAID_OUT


def pieces_of(view: OrderView) -> list[Piece]:
    """Every milestone in its order, then what else was charged for the order."""
    left = charge_balances(view.order.public_id)
    transfers = {transfer.charge_id: transfer for transfer in Transfer.objects.filter(group=view.order.public_id)}
    holds, payable = _holds(transfers.values()), is_payable(view.order.seller)
    found: list[tuple[Milestone | None, ChargeBalances | None]] = []
    for milestone in view.facts.milestones:
        balances = next((each for each in left if each.charge and each.charge.pk == milestone.charge_id), None)
        if balances is not None:
            left.remove(balances)
        found.append((milestone, balances))
    return [
        _piece(milestone, balances, transfers, holds, payable=payable, now=view.facts.now)
        for milestone, balances in [*found, *((None, balances) for balances in left)]
    ]


def _piece(
    milestone: Milestone | None,
    balances: ChargeBalances | None,
    transfers: dict[int, Transfer],
    holds: dict[int, PayoutHold],
    *,
    payable: bool,
    now: datetime,
) -> Piece:
    transfer = transfers.get(balances.charge.pk) if balances and balances.charge else None
    hold = holds.get(transfer.pk) if transfer else None
    return Piece(milestone=milestone, balances=balances, transfer=transfer, hold=hold, payable=payable, now=now)


def _holds(transfers: Iterable[Transfer]) -> dict[int, PayoutHold]:
    """What keeps each waiting transfer: all of one order have the same seller, so the same holds."""
    waiting = [transfer for transfer in transfers if transfer.state == TransferState.WAITING]
    hold = open_holds(waiting[0]).order_by("placed_at").first() if waiting else None
    return {transfer.pk: hold for transfer in waiting} if hold else {}
