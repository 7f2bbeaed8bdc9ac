"""A document as it is shown: every word ready, the same on the page and in the PDF. Times are UTC (R-PAY-6)."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.http import FileResponse
from django.urls import reverse

from marketplace.kernel.money import Money
from marketplace.web.files import SANDBOX
from payments.contents import Content, Line, Stone, Table
from payments.models import Document
from payments.typesetting import typeset

MINUS = "−"
NOTHING = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An amount in words, "–" for nothing, or "" where there can be none; and the column that it stands in."""

    words: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    note: str
    day: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """A table: `columns` names the first column too."""

    title: str
    columns: list[str]
    rows: list[Row]
    total: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What `templates/payments/documents/document.html` and `payments/typst/document.typ` draw."""

    number: str
    heading: str
    sum: str
    sum_words: str
    when: str
    status: str
    tone: str
    parties: list[dict[str, object]]
    tables: list[Sums]
    stones: list[dict[str, object]]
    notes: list[str]
    issuer: str
    issued: str
    help: str


def sheet_of(document: Document) -> Sheet:
    content: Content = document.content
    site = urlsplit(settings.SITE_URL).netloc
    return Sheet(
        number=document.number,
        heading=content["heading"],
        sum=money_words(document.total, document.currency),
        sum_words=content["sum_words"],
        when=_minute(datetime.fromisoformat(content["at"]) if content["at"] else document.issued_at),
        status=content["status"],
        tone=content["tone"],
        parties=[dict(party) for party in content["parties"][:-1]],
        tables=[_sums(table, document.currency) for table in content["tables"]],
        stones=[_stone(stone) for stone in content["stones"]],
        notes=content["notes"],
        issuer=_issuer(content),
        issued=_day(document.issued_at.astimezone(UTC).date()),
        help=site + reverse("help"),
    )


def pdf_response(document: Document) -> FileResponse:
    """The PDF, to be kept under its number. The caller has checked whose it is."""
    pdf = typeset(sheet=asdict(sheet_of(document)), at=document.issued_at)
    response = FileResponse(
        BytesIO(pdf), as_attachment=True, filename=document.file_name, content_type="application/pdf"
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def money_words(amount: int, currency: str) -> str:
    """ "$1,180.00", "−$5.00" with a real minus sign."""
    return str(Money(amount, currency)).replace("-", MINUS)


def _issuer(content: Content) -> str:
    """Whoever issued it, as frozen: the last party of every document, which stands at its foot."""
    issuer = content["parties"][-1]
    return ", ".join([issuer["name"], *issuer["lines"]])


def _stone(stone: Stone) -> dict[str, object]:
    """As `<c-rail>` draws it: what the paper is about says so in the place of a state's word."""
    words = {"label": stone["meta"], "meta": ""} if stone["here"] else {"label": "", "meta": stone["meta"]}
    return {**stone, **words}


def _sums(table: Table, currency: str) -> Sums:
    return Sums(
        title=table["title"],
        columns=table["columns"],
        rows=[_row(line, table, currency) for line in table["lines"]],
        total=_row(table["total"], table, currency) if table["total"] else None,
    )


def _row(line: Line, table: Table, currency: str) -> Row:
    return Row(
        name=line["name"],
        note=line["note"],
        day=_day(date.fromisoformat(line["date"])) if line["date"] else "",
        cells=[
            Cell(words=_amount(amount, currency), column=column)
            for amount, column in zip(line["cells"], table["columns"][1:], strict=True)
        ],
    )


def _amount(amount: int | None, currency: str) -> str:
    if amount is None:
        return ""
    return money_words(amount, currency) if amount else NOTHING


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _minute(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{_day(utc.date())}, {utc:%H:%M} UTC"
