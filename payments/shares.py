"""How money that goes back divides: pure functions of integers, minor units.

A refund is asked for by its total. The buyer's fee and the commission in it follow by running totals, so that however
many parts a charge is refunded in, they add up to exactly what was taken (R-PAY-7).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class _Returned(Protocol):
    """What went back before: a refund or a lost dispute."""

    price_part: int
    fee_part: int
    commission_part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Of a sum that goes back: the seller's price, the commission within it, and the buyer's fee beside it."""

    price: int
    fee: int = 0
    commission: int = 0

    @property
    def total(self) -> int:
        return self.price + self.fee

    @property
    def seller(self) -> int:
        """What the seller gives of it."""
        return self.price - self.commission


def add_up(returned: Iterable[_Returned]) -> Parts:
    """All that went back."""
    returned = list(returned)
    return Parts(
        price=sum(each.price_part for each in returned),
        fee=sum(each.fee_part for each in returned),
        commission=sum(each.commission_part for each in returned),
    )


def divide_return(*, total: int, of: Parts, before: Parts) -> Parts:
    """How `total` divides, out of a charge `of` which `before` went back already.

    Raises ValueError when there is not that much left.
    """
    if not 0 < total <= of.total - before.total:
        raise ValueError(f"{total} can't go back: {of.total - before.total} is left")
    fee = _share(of.fee, of.total, before.total + total) - before.fee
    fee = min(max(fee, 0), total, of.fee - before.fee)
    fee = max(fee, total - (of.price - before.price))
    price = total - fee
    commission = _share(of.commission, of.price, before.price + price) - before.commission
    commission = min(max(commission, 0), price, of.commission - before.commission)
    return Parts(price=price, fee=fee, commission=commission)


def _share(share: int, whole: int, part: int) -> int:
    return share * part // whole
