"""Statements: of one order for each side, once its money has come to rest, and of a seller's month (R-PAY-6).

Every sum is read from the journal, so that a statement agrees with the books by construction. When money moves after a
statement, a newer one replaces it and names it.
"""

from accounts.models import User
from payments.contents import Line, Party, Table, line
from payments.documents import current_statement
from payments.enums import DocumentKind, StatementSide
from payments.enums import EntryKind as E
from payments.models import Charge, Document
from payments.selectors import group_balances
from payments.services.naming import issuer, line_of, merchant_words, party, stones_of, subject_of
from payments.services.numbering import Draft, issue
from payments.sides import Movement, count_entries, earned_in, paid_in
from payments.signals import Subject

BUYER, SELLER = StatementSide.BUYER, StatementSide.SELLER
HAPPENED = {
    E.CAPTURED: "Charged",
    E.SURPLUS_CAPTURED: "Charged a second time",
    E.REFUND_SUCCEEDED: "Refunded",
    E.REFUND_FAILED: "Refund that came back to us",
    E.DISPUTE_WITHDRAWN: "Returned by your bank (chargeback)",
    E.DISPUTE_WON: "Chargeback decided for the seller",
    E.ACCEPTED: "Accepted",
    E.REFUND_REQUESTED: "Refunded to the buyer",
    E.DISPUTE_LOST: "Lost to a chargeback",
}


def issue_statements(*, group: str) -> list[Document]:
    """The statements of both sides as the books stand now; nothing while money is held or on its way back.

    A statement that still says all stays; one that was overtaken is replaced. Safe to call twice.
    """
    if not _at_rest(group):
        return []
    issued = [_issue_for(group, side) for side in (BUYER, SELLER)]
    return [document for document in issued if document is not None]


def _at_rest(group: str) -> bool:
    b = group_balances(group)
    return not (b.held or b.fee_held or b.surplus or b.refunding)


def _issue_for(group: str, side: StatementSide) -> Document | None:
    return issue(
        kind=DocumentKind.STATEMENT,
        find=lambda: _up_to_date(group, side),
        write=lambda: _write(group, side),
    )


def _up_to_date(group: str, side: StatementSide) -> Document | None:
    newest = current_statement(group, side)
    return newest if newest and newest.entries == count_entries(group, side) else None


def _write(group: str, side: StatementSide) -> Draft | None:
    movements = paid_in(group) if side == BUYER else earned_in(group)
    charge = next((each.charge for each in movements if each.charge), None)
    if charge is None:
        return None
    before = current_statement(group, side)
    subject = subject_of(group)
    table = _bought_table(movements, subject) if side == BUYER else _earned_table(movements, subject)
    total = sum(movement.amount for movement in movements)
    return Draft(
        kind=DocumentKind.STATEMENT,
        source=f"statement:{group}:{side}:{Document.objects.filter(group=group, side=side).count() + 1}",
        person=charge.payer if side == BUYER else charge.payee,
        side=side,
        title=subject.title if subject else charge.description,
        total=total,
        currency=charge.currency,
        group=group,
        replaces=before,
        entries=count_entries(group, side),
        content={
            "heading": "Statement of what you paid" if side == BUYER else "Statement of what you earned",
            "at": "",
            "sum_words": "paid in all" if side == BUYER else "earned after commission",
            "status": "Replaces an earlier one" if before else "Order ended",
            "tone": "turn" if before else "idle",
            "parties": _parties(charge, subject, side, before),
            "tables": [table, _journal(movements, subject)],
            "stones": stones_of(subject, reader=charge.payer if side == BUYER else charge.payee),
            "notes": _notes(side, before, subject),
        },
    )


def _parties(charge: Charge, subject: Subject | None, side: StatementSide, before: Document | None) -> list[Party]:
    name, title = (subject.name, subject.title) if subject else (charge.description, "")
    lines = [title, f"Replaces {before.number}" if before else "", f"Currency: {charge.currency}"]
    matter: Party = {"label": "For", "name": name, "lines": [each for each in lines if each]}
    mine, theirs = (charge.payer, charge.payee) if side == BUYER else (charge.payee, charge.payer)
    return [party("To", mine), _other_side(side, theirs), matter, issuer()]


def _other_side(side: StatementSide, person: User) -> Party:
    """The buyer's address and tax number are no business of the seller's."""
    if side == BUYER:
        return party("Work by", person)
    return {"label": "Bought by", "name": person.display_name, "lines": []}


def _bought_table(movements: list[Movement], subject: Subject | None) -> Table:
    lines: list[Line] = []
    for charge, own in _by_charge(movements):
        taken = sum(each.amount for each in own if each.kind == E.CAPTURED)
        paid = sum(each.amount for each in own)
        fee = charge.fee if taken else 0
        lines.append(line(line_of(charge, subject), taken - fee, fee, paid - taken, paid))
    lines += _never_charged(movements, subject)
    return {
        "title": "",
        "columns": ["What", "Price", "Service fee", "Returned", "Paid"],
        "lines": lines,
        "total": _sums(lines),
    }


def _earned_table(movements: list[Movement], subject: Subject | None) -> Table:
    lines: list[Line] = []
    for charge, own in _by_charge(movements):
        price = sum(each.amount + each.commission for each in own if each.kind == E.ACCEPTED)
        commission = sum(each.commission for each in own)
        earned = sum(each.amount for each in own)
        returned = earned + commission - price
        lines.append(line(line_of(charge, subject), price, -commission, returned, earned))
    lines += _never_charged(movements, subject)
    return {
        "title": "",
        "columns": ["What", "Price", "Commission", "Returned", "Earned"],
        "lines": lines,
        "total": _sums(lines),
    }


def _by_charge(movements: list[Movement]) -> list[tuple[Charge, list[Movement]]]:
    charges = {each.charge.pk: each.charge for each in movements if each.charge}
    return [
        (charge, [each for each in movements if each.charge and each.charge.pk == key])
        for key, charge in charges.items()
    ]


def _never_charged(movements: list[Movement], subject: Subject | None) -> list[Line]:
    """Parts of the plan that no money moved for, so that the paper tells the whole story."""
    moved = {each.charge.reference for each in movements if each.charge}
    left = [stone for stone in subject.stones if stone.reference not in moved] if subject else []
    return [line(stone.line, None, None, None, None, note=stone.label) for stone in left]


def _sums(lines: list[Line]) -> Line:
    return line("Total", *(sum(each["cells"][column] or 0 for each in lines) for column in range(4)))


def _journal(movements: list[Movement], subject: Subject | None) -> Table:
    """Every movement by itself, in the order of the books."""
    return {
        "title": "Every movement",
        "columns": ["What", "Amount"],
        "lines": [
            line(
                HAPPENED[each.kind],
                each.amount,
                note=line_of(each.charge, subject) if each.charge else "",
                date=each.at.date().isoformat(),
            )
            for each in movements
        ],
        "total": None,
    }


def _notes(side: StatementSide, before: Document | None, subject: Subject | None) -> list[str]:
    fees = [] if subject is None else [subject.fee_words if side == BUYER else subject.commission_words]
    words = {
        BUYER: [f"Service fee: {each}." for each in fees],
        SELLER: [
            *(f"Commission: {each}." for each in fees),
            "What was sent to your bank, and when, stands in your month statements.",
        ],
    }[side]
    replaced = [f"Money moved after {before.number} was issued; this statement takes its place."] if before else []
    return [merchant_words(), *words, *replaced]
