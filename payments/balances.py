"""Where the money of each charge is, read from the same postings as `selectors.group_balances` and summed by the same
rule: over the charges of a group every figure adds up to the group's (R-PAY-8). Minor units.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from payments.enums import AccountKind as A
from payments.enums import EntryKind as E
from payments.models import Charge, JournalEntry
from payments.selectors import GroupBalances, sum_up
from payments.sides import charges_of

PRICE_ACCOUNTS = frozenset(
    {A.HELD, A.SELLER_ACCRUED, A.COMMISSION_ACCRUED, A.SELLER_PAYABLE, A.SELLER_RECEIVABLE, A.COMMISSION_REVENUE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeBalances:
    """One charge. Of what was `books.captured` for it `price` is the seller's price, without the buyer's fee and what
    was paid twice; `price_lost` of that was lost to a chargeback, `price_back` went back to the buyer, or is on its way
    there. `charge` None: entries of the group that are about no single charge.
    """

    charge: Charge | None
    books: GroupBalances
    price: int
    price_lost: int

    @property
    def earning(self) -> int:
        """What of the price is the seller's now, or will be, before and after commission alike."""
        b = self.books
        return b.held + b.sellers + b.commission_accrued + b.commission

    @property
    def price_back(self) -> int:
        return self.price - self.price_lost - self.earning

    @property
    def fee(self) -> int:
        """The buyer's fee that has not gone back."""
        return self.books.fee_held + self.books.fee_accrued + self.books.fees

    @property
    def back(self) -> int:
        """All that went back to the buyer by refunds, or is about to."""
        return self.books.surplus + self.books.refunding + self.books.refunded


Row = tuple[str, str, str, int]


def charge_balances(group: str) -> list[ChargeBalances]:
    """One per charge of `group` that money moved for, oldest first."""
    entries = list(JournalEntry.objects.filter(group=group).prefetch_related("postings__account").order_by("pk"))
    charges = charges_of(entries)
    rows: dict[int | None, list[Row]] = defaultdict(list)
    for entry in entries:
        charge = charges.get(entry.source)
        rows[charge.pk if charge else None] += [
            (entry.currency, entry.kind, line.account.kind, line.amount) for line in entry.postings.all()
        ]
    known = {charge.pk: charge for charge in charges.values()}
    return [
        _of_charge(known.get(pk) if pk else None, rows[pk]) for pk in sorted(rows, key=lambda pk: (pk is None, pk or 0))
    ]


def _of_charge(charge: Charge | None, rows: list[Row]) -> ChargeBalances:
    return ChargeBalances(
        charge=charge,
        books=sum_up(rows),
        price=-_moved(rows, E.CAPTURED, (A.HELD,)),
        price_lost=_moved(rows, E.DISPUTE_LOST, PRICE_ACCOUNTS),
    )


def _moved(rows: Iterable[Row], event: str, accounts: Iterable[str]) -> int:
    return sum(amount for _, kind, account, amount in rows if kind == event and account in accounts)
