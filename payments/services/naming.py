"""Who and what a document names: people with their billing details as they are now, the order in its owner's words."""

from django.conf import settings

from accounts.models import User
from accounts.selectors import billing_of
from payments.contents import Party, Stone
from payments.enums import DocumentKind
from payments.models import Charge, Document
from payments.signals import Subject, subject_wanted

MERCHANT = (
    "{issuer} is the merchant of record: it takes the payment, holds it, and pays the seller once the work is accepted."
)


def party(label: str, person: User) -> Party:
    """A person as their papers name them: company first, then the name, the address, the tax number."""
    billing = billing_of(person)
    name = billing.name or person.display_name
    lines = [person.display_name] if name != person.display_name else []
    lines += billing.address.splitlines()
    lines += [billing.tax_id] if billing.tax_id else []
    return {"label": label, "name": name, "lines": lines}


def issuer(label: str = "Issued by") -> Party:
    lines = [*settings.ISSUER_ADDRESS, *([settings.ISSUER_TAX_ID] if settings.ISSUER_TAX_ID else [])]
    return {"label": label, "name": settings.ISSUER_NAME, "lines": lines}


def merchant_words() -> str:
    """The rule for who sold what to whom, as it stands on every paper about a charge."""
    return MERCHANT.format(issuer=settings.ISSUER_NAME)


def subject_of(group: str) -> Subject | None:
    """What whoever opened the group's charges says of it; None when nobody answers."""
    for _, answer in subject_wanted.send(sender=Document, group=group):
        subject: object = answer
        if isinstance(subject, Subject):
            return subject
    return None


def line_of(charge: Charge, subject: Subject | None) -> str:
    """What a charge is for, as one line of a table."""
    stones = subject.stones if subject else ()
    return next((stone.line for stone in stones if stone.reference == charge.reference), charge.description)


def stones_of(
    subject: Subject | None, *, here: str = "", here_words: str = "", reader: User | None = None
) -> list[Stone]:
    """The plan's stones as they stand now, with the reader's own invoices.

    `here` is the reference of the one that the document is about.
    """
    if subject is None:
        return []
    invoices = Document.objects.filter(kind=DocumentKind.INVOICE, person=reader).order_by("pk")
    references = [stone.reference for stone in subject.stones]
    numbers = dict(invoices.filter(charge__reference__in=references).values_list("charge__reference", "number"))
    return [
        {
            "name": stone.name,
            "state": stone.state,
            "meta": here_words if stone.reference == here else numbers.get(stone.reference, stone.label),
            "here": stone.reference == here,
        }
        for stone in subject.stones
    ]
