"""Numbers without gaps: taken under the lock of the series' row, in the transaction that writes the document (R-PAY-6).

A number whose transaction rolls back was never given. Nothing that charges or refunds takes this lock: documents are
issued after the event, by a task of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from marketplace.web.clock import database_now
from payments.contents import Content
from payments.enums import DocumentKind, StatementSide
from payments.models import Charge, Document, DocumentSeries, Refund

PREFIXES = {
    DocumentKind.INVOICE: "INV",
    DocumentKind.CREDIT_NOTE: "CN",
    DocumentKind.STATEMENT: "ST",
    DocumentKind.MONTH_STATEMENT: "MS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document that lacks only its number and its instant. `total` in minor units."""

    kind: DocumentKind
    source: str
    person: User
    side: StatementSide
    title: str
    total: int
    currency: str
    content: Content
    group: str = ""
    charge: Charge | None = None
    refund: Refund | None = None
    month: date | None = None
    replaces: Document | None = None
    entries: int = field(default=0)


def issue(
    *, kind: DocumentKind, find: Callable[[], Document | None], write: Callable[[], Draft | None]
) -> Document | None:
    """What `find` finds, else the document that `write` drafts, both asked under the lock; None when it declines.

    Safe to call twice and from any number of workers.
    """
    if issued := find():
        return issued
    with transaction.atomic():
        series, now = _lock_series(kind)
        if issued := find():
            return issued
        draft = write()
        return None if draft is None else _number(draft, series, now)


def _lock_series(kind: DocumentKind) -> tuple[DocumentSeries, datetime]:
    """The locked series of this year, and an instant in it that is not before that of any document in the series."""
    while True:
        year = database_now().year
        DocumentSeries.objects.bulk_create([DocumentSeries(kind=kind, year=year)], ignore_conflicts=True)
        series = DocumentSeries.objects.select_for_update().get(kind=kind, year=year)
        now = database_now()
        if now.year == year:
            return series, now


def _number(draft: Draft, series: DocumentSeries, now: datetime) -> Document:
    series.last_number += 1
    series.save(update_fields=["last_number"])
    return Document.objects.create(
        number=f"{PREFIXES[draft.kind]}-{series.year}-{series.last_number:06d}",
        series=series,
        ordinal=series.last_number,
        kind=draft.kind,
        source=draft.source,
        person=draft.person,
        side=draft.side,
        group=draft.group,
        charge=draft.charge,
        refund=draft.refund,
        month=draft.month,
        replaces=draft.replaces,
        entries=draft.entries,
        title=draft.title[:200],
        total=draft.total,
        currency=draft.currency,
        content=draft.content,
        issued_at=now,
    )
