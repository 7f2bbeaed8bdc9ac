"""Reading documents: one's own, those of a group, what lacks one (R-PAY-6)."""

from collections.abc import Iterable

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from payments.enums import ChargeState, DocumentKind, RefundState, StatementSide
from payments.errors import DocumentUnknown
from payments.models import Charge, Document, JournalEntry, Refund
from payments.sides import entries_for


def documents_of(user: User) -> QuerySet[Document]:
    """A person's own papers, the newest first."""
    return Document.objects.filter(person=user).select_related("replaces", "replaced_by").order_by("-issued_at", "-pk")


def find_document(*, user: User, number: str) -> Document:
    """One of a person's own papers. Raises DocumentUnknown, for a stranger as for a number that was never given."""
    found = documents_of(user).filter(number=number).first()
    if found is None:
        raise DocumentUnknown
    return found


def documents_for(user: User, group: str) -> list[Document]:
    """A person's own papers about a group, in the order in which they were issued."""
    return list(documents_of(user).filter(group=group).order_by("issued_at", "pk"))


def current_statement(group: str, side: StatementSide) -> Document | None:
    """The statement of one side that nothing has replaced."""
    return Document.objects.filter(
        kind=DocumentKind.STATEMENT, group=group, side=side, replaced_by=None
    ).first()  # fmt: skip


def charges_without_invoice() -> QuerySet[Charge]:
    invoices = Document.objects.filter(kind=DocumentKind.INVOICE, charge=OuterRef("pk"))
    return Charge.objects.filter(~Exists(invoices), state=ChargeState.SUCCEEDED).order_by("pk")


def refunds_to_note() -> QuerySet[Refund]:
    """Refunds that arrived without a credit note, and those that came back with only one."""
    notes = Document.objects.filter(kind=DocumentKind.CREDIT_NOTE, refund=OuterRef("pk"))
    arrived = Q(~Exists(notes), state=RefundState.SUCCEEDED)
    came_back = Q(Exists(notes.filter(total__gt=0)), ~Exists(notes.filter(total__lt=0)), state=RefundState.FAILED)
    return Refund.objects.filter(arrived | came_back).order_by("pk")


def overtaken_groups() -> set[str]:
    """Groups of which money moved after their newest statement was issued."""
    return {group for side in StatementSide for group in _overtaken(side)}


def has_statement(group: OuterRef) -> Exists:
    """Whether any statement was issued for the group that an outer query names."""
    return Exists(Document.objects.filter(kind=DocumentKind.STATEMENT, group=group))


def has_money_moved(group: OuterRef) -> Exists:
    return Exists(JournalEntry.objects.filter(group=group))


def _overtaken(side: StatementSide) -> Iterable[str]:
    entries = entries_for(side).filter(group=OuterRef("group")).order_by().values("group")
    return (
        Document.objects.filter(kind=DocumentKind.STATEMENT, side=side, replaced_by=None)
        .annotate(now=Subquery(entries.annotate(count=Count("pk")).values("count")))
        .exclude(now=F("entries"))
        .values_list("group", flat=True)
    )
