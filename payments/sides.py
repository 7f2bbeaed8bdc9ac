"""What the books say of a group's money from one side: one row per entry of the journal that moved it.

Statements are made of these rows, so that a statement and the ledger agree by construction (R-PAY-6). Minor units.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Sum

from payments.enums import AccountKind as A
from payments.enums import EntryKind as E
from payments.enums import StatementSide
from payments.models import Charge, ChargeAttempt, Dispute, JournalEntry, Posting, Refund, Transfer, TransferReversal

# What the buyer paid or got back shows on one account of each entry.
PAID = {
    E.CAPTURED: A.PSP_BALANCE,
    E.SURPLUS_CAPTURED: A.PSP_BALANCE,
    E.REFUND_SUCCEEDED: A.PSP_BALANCE,
    E.REFUND_FAILED: A.PSP_BALANCE,
    E.DISPUTE_WITHDRAWN: A.DISPUTE_RECEIVABLE,
    E.DISPUTE_WON: A.DISPUTE_RECEIVABLE,
}
EARNED = frozenset({E.ACCEPTED, E.REFUND_REQUESTED, E.REFUND_FAILED, E.DISPUTE_LOST, E.DISPUTE_WON})
OWED = frozenset({A.SELLER_PAYABLE, A.PAYOUT_CLEARING, A.SELLER_RECEIVABLE})
SELLERS = OWED | {A.SELLER_ACCRUED}
COMMISSIONS = frozenset({A.COMMISSION_ACCRUED, A.COMMISSION_REVENUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One entry as one side sees it. `amount`: paid by the buyer, or the seller's part after `commission`."""

    kind: E
    at: datetime
    charge: Charge | None
    amount: int
    commission: int = 0


def entries_for(side: StatementSide) -> QuerySet[JournalEntry]:
    """The entries that one side's statements tell, of every group."""
    kinds, accounts = (PAID, set(PAID.values())) if side == StatementSide.BUYER else (EARNED, SELLERS)
    lines = Posting.objects.filter(entry=OuterRef("pk"), account__kind__in=accounts)
    return JournalEntry.objects.filter(Exists(lines), kind__in=kinds)


def count_entries(group: str, side: StatementSide) -> int:
    return entries_for(side).filter(group=group).count()


def paid_in(group: str) -> list[Movement]:
    """What the buyer paid and got back, oldest first."""
    entries = _read(entries_for(StatementSide.BUYER).filter(group=group))
    charges = charges_of(entries)
    return [
        Movement(kind=E(entry.kind), at=entry.at, charge=charges.get(entry.source), amount=_bought(entry))
        for entry in entries
    ]


def earned_in(group: str) -> list[Movement]:
    """What the seller earned of accepted work and lost again, oldest first; not when it was paid out."""
    return _of_seller(_read(entries_for(StatementSide.SELLER).filter(group=group)), SELLERS)


def owed_to(seller: str, *, currency: str, start: datetime, end: datetime) -> list[Movement]:
    """What made the platform owe a seller more or less from `start` until `end`, whatever it was for, oldest first."""
    entries = JournalEntry.objects.filter(
        at__gte=start, at__lt=end, currency=currency,
        postings__account__kind__in=OWED, postings__account__dimension=seller,
    )  # fmt: skip
    return [row for row in _of_seller(_read(entries.distinct()), OWED, dimension=seller) if row.amount]


def owed_before(seller: str, *, currency: str, moment: datetime) -> int:
    """What the platform owed a seller at an instant, less what the seller owed."""
    postings = Posting.objects.filter(
        entry__at__lt=moment, account__currency=currency, account__kind__in=OWED, account__dimension=seller
    )
    return -(postings.aggregate(sum=Sum("amount"))["sum"] or 0)


def charges_of(entries: Sequence[JournalEntry]) -> dict[str, Charge]:
    """Which charge each entry is about, by its source ("accepted:chg_…", "refund_succeeded:rfd_…", "captured:pi_…")."""
    names = {entry.source: entry.source.split(":")[1] for entry in entries if ":" in entry.source}
    wanted = set(names.values())
    people = ("charge__payer", "charge__payee")
    found = {
        each.public_id: each for each in Charge.objects.select_related("payer", "payee").filter(public_id__in=wanted)
    }
    for attempt in ChargeAttempt.objects.select_related(*people).filter(payment_id__in=wanted):
        found[attempt.payment_id or ""] = attempt.charge
    for refund in Refund.objects.select_related(*people).filter(public_id__in=wanted):
        found[refund.public_id] = refund.charge
    for dispute in Dispute.objects.select_related(*people).filter(public_id__in=wanted):
        found[dispute.public_id] = dispute.charge
    for transfer in Transfer.objects.select_related(*people).filter(public_id__in=wanted):
        found[transfer.public_id] = transfer.charge
    for reversal in TransferReversal.objects.select_related("transfer__charge").filter(public_id__in=wanted):
        found[reversal.public_id] = reversal.transfer.charge
    return {source: found[name] for source, name in names.items() if name in found}


def _read(rows: QuerySet[JournalEntry]) -> list[JournalEntry]:
    return list(rows.prefetch_related("postings__account").order_by("at", "pk"))


def _of_seller(entries: list[JournalEntry], accounts: Collection[str], *, dimension: str = "") -> list[Movement]:
    charges = charges_of(entries)
    return [
        Movement(
            kind=E(entry.kind),
            at=entry.at,
            charge=charges.get(entry.source),
            amount=_credited(entry, accounts, dimension=dimension),
            commission=_credited(entry, COMMISSIONS),
        )
        for entry in entries
    ]


def _bought(entry: JournalEntry) -> int:
    account = PAID[E(entry.kind)]
    moved = sum(posting.amount for posting in entry.postings.all() if posting.account.kind == account)
    return -moved if account == A.DISPUTE_RECEIVABLE else moved


def _credited(entry: JournalEntry, accounts: Collection[str], *, dimension: str = "") -> int:
    lines = [posting for posting in entry.postings.all() if dimension in ("", posting.account.dimension)]
    return -sum(posting.amount for posting in lines if posting.account.kind in accounts)
