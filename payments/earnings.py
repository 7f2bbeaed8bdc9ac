"""What a seller earned and where it is, read from the books, so that it agrees with them by construction. Minor units.

`clearing` waits for its day; `available` has cleared and waits to be sent; `owed` is what the seller owes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from accounts.models import User
from marketplace.kernel.money import Money
from payments.enums import AccountKind as A
from payments.enums import EntryKind as E
from payments.enums import ReversalState, TransferState
from payments.models import Charge, ConnectedAccount, LedgerAccount, PayoutHold, Posting, Transfer, TransferReversal


@dataclass(frozen=True, slots=True, kw_only=True)
class Earnings:
    """A seller's money in one currency. `accepted` becomes the seller's when its order ends."""

    currency: str
    accepted: int = 0
    clearing: int = 0
    available: int = 0
    on_the_way: int = 0
    paid: int = 0
    owed: int = 0

    @property
    def is_empty(self) -> bool:
        parts = (self.accepted, self.clearing, self.available, self.on_the_way, self.paid, self.owed)
        return not any(parts)


def earnings_of(seller: User, *, now: datetime) -> list[Earnings]:
    """One row per currency that something was earned in, by its code."""
    balances = _balances(seller)
    paid, clearing, accepted = _paid(seller), _clearing(seller, now), _accepted(seller)
    currencies = {currency for _, currency in balances} | set(accepted)
    return [
        Earnings(
            currency=currency,
            accepted=accepted.get(currency, 0),
            clearing=clearing.get(currency, 0),
            available=-balances.get((A.SELLER_PAYABLE, currency), 0) - clearing.get(currency, 0),
            on_the_way=-balances.get((A.PAYOUT_CLEARING, currency), 0),
            paid=paid.get(currency, 0),
            owed=balances.get((A.SELLER_RECEIVABLE, currency), 0),
        )
        for currency in sorted(currencies)
    ]


def waiting_money(seller: User, *, now: datetime) -> list[Money]:
    """What has cleared and is not on its way, one sum per currency."""
    rows = earnings_of(seller, now=now)
    return [Money(row.available, row.currency) for row in rows if row.available]


def is_payable(seller: User) -> bool:
    """Whether Stripe can send the seller money; until then what has cleared waits (R-PAY-5)."""
    return ConnectedAccount.objects.filter(user=seller, transfers_active=True).exists()


def unsent_money(seller: User, *, now: datetime) -> list[Money]:
    """What is released to a seller whom Stripe can't pay yet, cleared or not; nothing when it can."""
    if is_payable(seller):
        return []
    rows = earnings_of(seller, now=now)
    return [Money(row.available + row.clearing, row.currency) for row in rows if row.available + row.clearing]


def held_back(seller: User, currency: str, *, now: datetime) -> int:
    """What has cleared and is kept from setting off by a hold."""
    holds = PayoutHold.objects.filter(lifted_at=None)
    held = Exists(holds.filter(group=OuterRef("group"))) | Exists(holds.filter(payee=OuterRef("payee")))
    cleared = Transfer.objects.filter(
        held, payee=seller, currency=currency, state=TransferState.WAITING, clears_at__lte=now
    )
    return cleared.aggregate(total=Sum("amount"))["total"] or 0


def transfers_of(seller: User) -> QuerySet[Transfer]:
    """Every part of a charge that was released to the seller, the newest first, with what was taken back of it."""
    taken_back = TransferReversal.objects.filter(state=ReversalState.SUCCEEDED)
    return (
        Transfer.objects.filter(payee=seller)
        .select_related("charge")
        .prefetch_related(Prefetch("reversals", queryset=taken_back, to_attr="taken_back"))
        .order_by("-created_at", "-pk")
    )


def held_back_of(seller: User) -> QuerySet[Transfer]:
    """Transfers that wait for a person, or of which a reversal does, the oldest first."""
    held = Q(state=TransferState.QUARANTINED) | Q(reversals__state=ReversalState.QUARANTINED)
    return Transfer.objects.filter(held, payee=seller).distinct().order_by("created_at", "pk")


def _balances(seller: User) -> dict[tuple[str, str], int]:
    kinds = (A.SELLER_PAYABLE, A.PAYOUT_CLEARING, A.SELLER_RECEIVABLE)
    accounts = LedgerAccount.objects.filter(kind__in=kinds, dimension=seller.public_id)
    return {(account.kind, account.currency): account.balance for account in accounts}


def _paid(seller: User) -> dict[str, int]:
    """Sent, less what was taken back again."""
    sent = Q(entry__kind=E.TRANSFER_SUCCEEDED, account__kind=A.PAYOUT_CLEARING)
    back = Q(entry__kind=E.TRANSFER_REVERSED, account__kind__in=(A.SELLER_RECEIVABLE, A.SELLER_PAYABLE))
    rows = Posting.objects.filter(sent | back, account__dimension=seller.public_id)
    return _by_currency(rows.values_list("account__currency").annotate(total=Sum("amount")).order_by())


def _clearing(seller: User, now: datetime) -> dict[str, int]:
    rows = Transfer.objects.filter(payee=seller, state=TransferState.WAITING, clears_at__gt=now)
    return _by_currency(rows.values_list("currency").annotate(total=Sum("amount")).order_by())


def _accepted(seller: User) -> dict[str, int]:
    groups = Charge.objects.filter(payee=seller).values("group")
    accounts = LedgerAccount.objects.filter(kind=A.SELLER_ACCRUED, dimension__in=groups).exclude(balance=0)
    return {
        currency: -total
        for currency, total in _by_currency(
            accounts.values_list("currency").annotate(total=Sum("balance")).order_by()
        ).items()
    }


def _by_currency(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict(rows)
