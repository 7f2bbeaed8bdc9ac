"""An invoice per charge, a credit note per refund: written after the event, by a nudge or the sweep (R-PAY-6)."""

from datetime import datetime

from payments.contents import Content, Line, Party, line
from payments.enums import ChargeState, DocumentKind, EntryKind, RefundKind, RefundState, StatementSide
from payments.models import Charge, Document, JournalEntry, Refund
from payments.services.naming import (
    issuer,
    line_of,
    merchant_words,
    party,
    stones_of,
    subject_of,
)
from payments.services.numbering import Draft, issue
from payments.signals import Subject

COLUMNS = ["What", "Amount"]


def issue_invoice(*, charge_id: int) -> Document | None:
    """The invoice of a charge that succeeded; None for any other. Safe to call twice."""
    charge = Charge.objects.select_related("payer", "payee").get(pk=charge_id)
    if charge.state != ChargeState.SUCCEEDED:
        return None
    return issue(
        kind=DocumentKind.INVOICE,
        find=lambda: find_invoice(charge),
        write=lambda: _write_invoice(charge),
    )


def issue_credit_note(*, refund_id: int) -> Document | None:
    """The credit note of a refund that arrived, after the invoice that it corrects; None for any other refund.

    When the bank sends back a refund that counted as arrived, a second note takes the first one back.
    """
    refund = Refund.objects.select_related("charge__payer", "charge__payee").get(pk=refund_id)
    issued = _find(f"refund:{refund.public_id}")
    if issued and refund.state == RefundState.FAILED:
        return _take_back(refund, issued)
    if refund.state != RefundState.SUCCEEDED:
        return issued
    invoice = None if refund.kind == RefundKind.SURPLUS else issue_invoice(charge_id=refund.charge_id)
    return issue(
        kind=DocumentKind.CREDIT_NOTE,
        find=lambda: _find(f"refund:{refund.public_id}"),
        write=lambda: _write_credit_note(refund, invoice),
    )


def find_invoice(charge: Charge) -> Document | None:
    return _find(f"charge:{charge.public_id}")


def _find(source: str) -> Document | None:
    return Document.objects.filter(source=source).first()


def _take_back(refund: Refund, note: Document) -> Document | None:
    source = f"refund_failed:{refund.public_id}"
    return issue(
        kind=DocumentKind.CREDIT_NOTE, find=lambda: _find(source), write=lambda: _write_taken_back(refund, note, source)
    )


def _write_invoice(charge: Charge) -> Draft:
    subject = subject_of(charge.group)
    lines = [line(line_of(charge, subject), charge.amount, note="Held until you accept it, then paid to the seller")]
    if charge.fee:
        words = subject.fee_words if subject else "for this charge"
        lines.append(line("Service fee", charge.fee, note=words))
    content = _content(
        heading="Invoice",
        at=charge.succeeded_at,
        sum_words=f"paid with {_card(charge)}",
        status="Paid",
        tone="go",
        parties=_parties(charge, subject, "Billed to", []),
        lines=lines,
        total=line("Paid", charge.total),
        notes=["A refund appears as a credit note that names this invoice."],
    )
    content["stones"] = stones_of(subject, here=charge.reference, here_words="This invoice", reader=charge.payer)
    return Draft(
        kind=DocumentKind.INVOICE,
        source=f"charge:{charge.public_id}",
        person=charge.payer,
        side=StatementSide.BUYER,
        title=charge.description,
        total=charge.total,
        currency=charge.currency,
        content=content,
        group=charge.group,
        charge=charge,
    )


def _write_credit_note(refund: Refund, invoice: Document | None) -> Draft:
    charge = refund.charge
    subject = subject_of(charge.group)
    about = [f"Corrects {invoice.number}"] if invoice else ["For a payment that was not owed"]
    content = _content(
        heading="Credit note",
        at=_booked(EntryKind.REFUND_SUCCEEDED, refund),
        sum_words=f"returned to {_card(charge)}",
        status="Refunded",
        tone="work",
        parties=_parties(charge, subject, "Credited to", about),
        lines=_returned_lines(refund, line_of(charge, subject)),
        total=line("Refunded", refund.amount),
        notes=_credit_words(refund, invoice),
    )
    content["stones"] = stones_of(subject, here=charge.reference, here_words="This credit note", reader=charge.payer)
    return _credit_draft(refund, source=f"refund:{refund.public_id}", total=refund.amount, content=content)


def _write_taken_back(refund: Refund, note: Document, source: str) -> Draft:
    charge = refund.charge
    subject = subject_of(charge.group)
    lines = _returned_lines(refund, line_of(charge, subject))
    for each in lines:
        each["cells"] = [-(cell or 0) for cell in each["cells"]]
    content = _content(
        heading="Credit note taken back",
        at=_booked(EntryKind.REFUND_FAILED, refund),
        sum_words="not refunded after all",
        status="Refund failed",
        tone="stop",
        parties=_parties(charge, subject, "To", [f"Takes back {note.number}"]),
        lines=lines,
        total=line("Not refunded", -refund.amount),
        notes=["Your bank sent this refund back to us. We look for another way to return the money to you."],
    )
    return _credit_draft(refund, source=source, total=-refund.amount, content=content)


def _credit_draft(refund: Refund, *, source: str, total: int, content: Content) -> Draft:
    return Draft(
        kind=DocumentKind.CREDIT_NOTE,
        source=source,
        person=refund.charge.payer,
        side=StatementSide.BUYER,
        title=refund.charge.description,
        total=total,
        currency=refund.currency,
        content=content,
        group=refund.charge.group,
        charge=refund.charge,
        refund=refund,
    )


def _returned_lines(refund: Refund, name: str) -> list[Line]:
    if refund.kind == RefundKind.SURPLUS:
        return [line(name, refund.amount, note="Paid though it was not owed, returned in full")]
    whole = refund.price_part == refund.charge.amount
    lines = [line(name, refund.price_part, note="The whole price" if whole else "A part of the price")]
    if refund.fee_part:
        lines.append(line("Service fee", refund.fee_part, note="The share of it that belongs to this sum"))
    return [each for each in lines if each["cells"] != [0]]


def _credit_words(refund: Refund, invoice: Document | None) -> list[str]:
    days = "Banks take up to ten days to show it."
    if refund.kind == RefundKind.SURPLUS:
        first = " The invoice for the first one stands." if refund.charge.state == ChargeState.SUCCEEDED else ""
        return [f"No invoice was issued for this payment.{first} {days}"]
    number = invoice.number if invoice else ""
    in_full = refund.amount == refund.charge.total
    what = f"{number} is refunded in full" if in_full else f"This sum is taken off {number}"
    return [f"{what}, and goes back the way it was paid. {days}"]


def _booked(kind: EntryKind, refund: Refund) -> datetime | None:
    """When the books took note of it."""
    entries = JournalEntry.objects.filter(source=f"{kind.value}:{refund.public_id}")
    return entries.values_list("at", flat=True).first()


def _card(charge: Charge) -> str:
    return charge.method_label.replace("•••• ", "ending ") or "the buyer’s own method"


def _parties(charge: Charge, subject: Subject | None, label: str, about: list[str]) -> list[Party]:
    name, title = (subject.name, subject.title) if subject else (charge.description, "")
    lines = [title, *about, f"Currency: {charge.currency}"]
    matter: Party = {"label": "For", "name": name, "lines": [each for each in lines if each]}
    return [party(label, charge.payer), party("Work by", charge.payee), matter]


def _content(
    *, heading: str, sum_words: str, at: datetime | None, status: str, tone: str, parties: list[Party],
    lines: list[Line], total: Line, notes: list[str],
) -> Content:  # fmt: skip
    return {
        "heading": heading,
        "sum_words": sum_words,
        "at": at.isoformat() if at else "",
        "status": status,
        "tone": tone,
        "parties": [*parties, issuer()],
        "tables": [{"title": "", "columns": COLUMNS, "lines": lines, "total": total}],
        "stones": [],
        "notes": [f"No tax was charged. {merchant_words()}", *notes],
    }
