"""A statement for each seller of what the platform owed and paid in a finished month of UTC (R-PAY-6)."""

from datetime import UTC, date, datetime

from django.db.models.functions import TruncMonth

from accounts.models import User
from payments import timing
from payments.contents import Line, Party, line
from payments.enums import DocumentKind, StatementSide
from payments.enums import EntryKind as E
from payments.models import Document, Posting
from payments.services.naming import issuer, line_of, merchant_words, party, subject_of
from payments.services.numbering import Draft, issue
from payments.sides import OWED, Movement, owed_before, owed_to

HAPPENED = {
    E.RELEASED: "Released to you",
    E.TRANSFER_SUCCEEDED: "Sent to your account at the payment provider",
    E.TRANSFER_FAILED: "Could not be sent",
    E.TRANSFER_REVERSED: "Taken back from your account",
    E.REFUND_REQUESTED: "Refunded to the buyer",
    E.REFUND_FAILED: "Refund that came back to us",
    E.DISPUTE_LOST: "Lost to a chargeback",
    E.WRITTEN_OFF: "Written off by us",
}


def issue_month_statements(*, now: datetime) -> int:
    """Every statement that is missing for the months that closed before `now`. Returns how many were looked at."""
    closed = month_of(now - timing.MONTH_CLOSES)
    first = add_months(closed, -timing.MONTHS_BACK)
    moved = (
        Posting.objects.filter(account__kind__in=OWED, entry__at__gte=_instant(first), entry__at__lt=_instant(closed))
        .annotate(month=TruncMonth("entry__at", tzinfo=UTC))
        .values_list("account__dimension", "account__currency", "month")
        .distinct()
        .order_by("month", "account__dimension")
    )
    missing = [(seller, currency, at.date()) for seller, currency, at in moved]
    issued = set(
        Document.objects.filter(kind=DocumentKind.MONTH_STATEMENT, month__gte=first).values_list("source", flat=True)
    )
    missing = [each for each in missing if _source(*each) not in issued]
    for seller, currency, month in missing:
        issue_month_statement(seller=User.objects.get(public_id=seller), currency=currency, month=month)
    return len(missing)


def issue_month_statement(*, seller: User, currency: str, month: date) -> Document | None:
    """What a seller was owed at the start, what moved, and what was owed at the end. Safe to call twice."""
    source = _source(seller.public_id, currency, month)
    return issue(
        kind=DocumentKind.MONTH_STATEMENT,
        find=lambda: Document.objects.filter(source=source).first(),
        write=lambda: _write(seller, currency, month, source),
    )


def _write(seller: User, currency: str, month: date, source: str) -> Draft:
    start, end = _instant(month), _instant(add_months(month, 1))
    opening = owed_before(seller.public_id, currency=currency, moment=start)
    movements = owed_to(seller.public_id, currency=currency, start=start, end=end)
    name = f"{month:%B %Y}"
    matter: Party = {"label": "Month", "name": name, "lines": ["Days of UTC", f"Currency: {currency}"]}
    closing = opening + sum(each.amount for each in movements)
    return Draft(
        kind=DocumentKind.MONTH_STATEMENT,
        source=source,
        person=seller,
        side=StatementSide.SELLER,
        title=name,
        total=_earned(movements),
        currency=currency,
        month=month,
        entries=len(movements),
        content={
            "heading": "Month statement",
            "at": "",
            "sum_words": f"earned in {name}, after commission",
            "status": "Month closed",
            "tone": "idle",
            "parties": [party("To", seller), matter, issuer()],
            "tables": [
                {
                    "title": "",
                    "columns": ["What", "Price", "Commission", "Yours"],
                    "lines": [line("Owed to you when the month began", None, None, opening), *_lines(movements)],
                    "total": line("Owed to you when it ended", None, None, closing),
                }
            ],
            "stones": [],
            "notes": [merchant_words(), "A sum that you were owed less than nothing is kept from the next payouts."],
        },
    )


def _earned(movements: list[Movement]) -> int:
    """What became the seller's, less what was lost again; not what was sent."""
    sent = (E.TRANSFER_SUCCEEDED, E.TRANSFER_REVERSED, E.TRANSFER_FAILED, E.WRITTEN_OFF)
    return sum(each.amount for each in movements if each.kind not in sent)


def _lines(movements: list[Movement]) -> list[Line]:
    subjects = {each.charge.group: subject_of(each.charge.group) for each in movements if each.charge}
    lines = []
    for each in movements:
        subject = subjects.get(each.charge.group) if each.charge else None
        note = line_of(each.charge, subject) if each.charge else ""
        name = f"{note} · {subject.name}" if subject else note
        worth = each.kind not in (E.TRANSFER_SUCCEEDED, E.TRANSFER_REVERSED) and each.commission != 0
        price = each.amount + each.commission if worth else None
        commission = -each.commission if worth else None
        what = HAPPENED.get(each.kind, each.kind.label)
        lines.append(line(what, price, commission, each.amount, note=name, date=each.at.date().isoformat()))
    return lines


def _source(seller: str, currency: str, month: date) -> str:
    return f"month:{seller}:{month:%Y-%m}:{currency}"


def month_of(moment: datetime) -> date:
    """The first day of the month of UTC that an instant lies in."""
    return moment.astimezone(UTC).date().replace(day=1)


def add_months(month: date, count: int) -> date:
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
