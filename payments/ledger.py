"""The only writer of the books. Only `payments.services` calls it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from payments.enums import AccountKind, EntryKind
from payments.models import JournalEntry, LedgerAccount, Posting
from payments.postings import Line

AccountKey = tuple[str, str]


@transaction.atomic
def post(
    *, source: str, kind: EntryKind, group: str, currency: str, lines: Iterable[Line], at: datetime
) -> JournalEntry | None:
    """Book `lines` once under `source`, in the caller's transaction; None when it is booked already.

    Locks the accounts in one order (kind, dimension), so that two entries never wait for each other. Raises
    IntegrityError for an overdraft at once, and for lines that don't sum to zero at commit.
    """
    entry, created = JournalEntry.objects.get_or_create(
        source=source, defaults={"kind": kind, "group": group, "currency": currency, "at": at}
    )
    if not created:
        return None
    ordered = sorted(lines)
    accounts = _lock_accounts(keys=[(line.account, line.dimension) for line in ordered], currency=currency)
    Posting.objects.bulk_create(
        Posting(entry=entry, account=accounts[line.account, line.dimension], amount=line.amount) for line in ordered
    )
    return entry


def is_posted(source: str) -> bool:
    return JournalEntry.objects.filter(source=source).exists()


def lock_balances(*, keys: list[AccountKey], currency: str) -> dict[AccountKey, int]:
    """What accounts hold, debit positive, locked so that it stays so until the caller's transaction ends."""
    return {key: account.balance for key, account in _lock_accounts(keys=keys, currency=currency).items()}


def lines_of(source: str) -> list[Line]:
    """What an entry booked, to be reversed; JournalEntry.DoesNotExist when there is none."""
    entry = JournalEntry.objects.get(source=source)
    return [
        Line(AccountKind(posting.account.kind), posting.account.dimension, posting.amount)
        for posting in entry.postings.select_related("account")
    ]


def _lock_accounts(*, keys: list[AccountKey], currency: str) -> dict[AccountKey, LedgerAccount]:
    """The accounts by kind and dimension, opened where missing, their rows locked in sorted order."""
    ordered = sorted(keys)
    LedgerAccount.objects.bulk_create(
        (LedgerAccount(kind=kind, dimension=dimension, currency=currency) for kind, dimension in ordered),
        ignore_conflicts=True,
    )
    wanted = Q()
    for kind, dimension in ordered:
        wanted |= Q(kind=kind, dimension=dimension)
    rows = LedgerAccount.objects.select_for_update().filter(wanted, currency=currency).order_by("kind", "dimension")
    return {(row.kind, row.dimension): row for row in rows}
