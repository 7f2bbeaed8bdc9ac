"""Every paper as a picture, and the same words on the page and in the PDF: drawn into test-shots/ to be looked at."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import typst

from payments.contents import Content, Line, Party, Stone, line
from payments.models import Document
from payments.sheets import sheet_of
from payments.typesetting import FOLDER, draw, typeset

SHOTS = Path("test-shots")
AT = datetime(2026, 11, 4, 10, 12, tzinfo=UTC)
ISSUER: Party = {"label": "Issued by", "name": "Milepost", "lines": ["12 Quay Street", "Dublin 8, Ireland"]}
BUYER: Party = {
    "label": "Billed to", "name": "Halden Audio AS",
    "lines": ["Daniel Brandt", "Storgata 14", "0184 Oslo", "Norway", "NO 918 224 571"],
}  # fmt: skip
SELLER: Party = {
    "label": "Work by", "name": "Ines Okafor", "lines": ["Rua da Boavista 61", "1200-066 Lisbon, Portugal", "PT 284"]
}  # fmt: skip
ORDER: Party = {
    "label": "For", "name": "Order MP-20418",
    "lines": ["Halden One launch film", "Currency: USD"],
}  # fmt: skip
NAMES = ("Brief & style frames", "Model & materials", "Animatic", "Rough cut", "Final render")
NOTES = [
    "No tax was charged. Milepost is the merchant of record: it takes the payment, holds it, and pays the seller once "
    "the work is accepted.",
    "A refund appears as a credit note that names this invoice.",
]


def stones(*states: str, names: tuple[str, ...] = NAMES) -> list[Stone]:
    return [
        {"name": name, "state": state, "meta": "This invoice" if not at else "not charged", "here": not at}
        for at, (name, state) in enumerate(zip(names, states, strict=False))
    ]


def paper(**changes: Any) -> Content:
    content: Content = {
        "heading": "Invoice", "sum_words": "paid with Visa ending 4242", "at": AT.isoformat(),
        "status": "Paid", "tone": "go",
        "parties": [BUYER, SELLER, ORDER, ISSUER],
        "tables": [
            {
                "title": "",
                "columns": ["What", "Amount"],
                "lines": [
                    line(f"Milestone 1 of 5, ‘{NAMES[0]}’", 120_00, note="Held until you accept it"),
                    line("Service fee", 6_00, note="5\u00a0% of each charge, taken together with it"),
                ],
                "total": line("Paid", 126_00),
            }
        ],
        "stones": stones("accepted", "in_progress", "planned", "planned", "planned"),
        "notes": NOTES,
    }  # fmt: skip
    return {**content, **changes}  # type: ignore[typeddict-item]


def statement(count: int) -> Content:
    lines: list[Line] = [
        line(f"Milestone {at} of {count}, ‘{NAMES[at % 5]}’", 1200_00 * at, 60_00 * at, -5_00 * (at == 2), 1260_00 * at)
        for at in range(1, count + 1)
    ]
    total = line("Total", *(sum(each["cells"][column] or 0 for each in lines) for column in range(4)))
    rows = [line("Charged", 1260_00, note=each["name"], date="2026-10-31") for each in lines]
    return paper(
        heading="Statement of what you paid",
        sum_words="paid in all",
        status="Replaces an earlier one",
        tone="turn",
        tables=[
            {
                "title": "",
                "columns": ["What", "Price", "Service fee", "Returned", "Paid"],
                "lines": lines,
                "total": total,
            },
            {"title": "Every movement", "columns": ["What", "Amount"], "lines": rows, "total": None},
        ],
        stones=[
            {"name": NAMES[at % 5], "state": "accepted", "meta": f"INV-2026-00481{at}", "here": False}
            for at in range(count)
        ],
    )


LONG = "Producers’ & Composers’ Worldwide Cooperative Society for the Advancement of Very Long Company Names Limited"
WORLD: list[Party] = [
    {"label": "Billed to", "name": "دار النشر العربية", "lines": ["محمد علي", "شارع الملك فهد 61", "الرياض 12271"]},
    {
        "label": "Work by",
        "name": "株式会社山田製作所",
        "lines": ["山田 太郎", "東京都千代田区丸の内1丁目", "〒100-0005"],
    },
    {"label": "For", "name": "הזמנה MP-20418", "lines": ["Плёнка для запуска", "한국어 영화 ‘서울’", "北京市朝阳区"]},
    ISSUER,
]
PAPERS: dict[str, tuple[str, int, str, Content]] = {
    "invoice": ("INV-2026-004817", 126_00, "USD", paper()),
    "credit-note": (
        "CN-2026-000031", 63_00, "USD",
        paper(
            heading="Credit note", sum_words="refunded", status="Refunded", tone="work",
            tables=[
                {
                    "title": "", "columns": ["What", "Amount"],
                    "lines": [line("Milestone 1 of 5", 60_00, note="A part of the price"), line("Service fee", 3_00)],
                    "total": line("Refunded", 63_00),
                }
            ],
            stones=stones("cancelled", "not_started", "not_started", "not_started", "not_started"),
        ),
    ),
    "credit-note-taken-back": (
        "CN-2026-000032", -63_00, "USD",
        paper(heading="Credit note taken back", status="Refund failed", tone="stop", sum_words="not refunded after all",
              stones=[]),
    ),
    "statement-buyer": ("ST-2026-000120", 45_360_00, "USD", statement(5)),
    "statement-eight": ("ST-2026-000121", 45_360_00, "USD", statement(8)),
    "month": (
        "MS-2026-000007", 4_120_00, "USD",
        paper(
            heading="Month statement", sum_words="earned in October 2026, after commission", status="Month closed",
            tone="idle", stones=[],
            parties=[SELLER, {"label": "Month", "name": "October 2026", "lines": ["Days of UTC"]}, ISSUER],
            tables=[
                {
                    "title": "", "columns": ["What", "Price", "Commission", "Yours"],
                    "lines": [
                        line("Owed to you when the month began", None, None, 0),
                        *(
                            line("Released to you", 120_00, -12_00, 108_00, note="Rough cut · Order MP-20418",
                                 date=date(2026, 10, day).isoformat())
                            for day in range(1, 31)
                        ),
                        line("Sent to your account", None, None, -2_000_00, note="Rough cut", date="2026-10-31"),
                    ],
                    "total": line("Owed to you when it ended", None, None, 1_240_00),
                }
            ],
        ),
    ),
    "invoice-yen-and-scripts": (
        "INV-2026-004818", 1_260_000, "JPY",
        paper(
            parties=WORLD,
            tables=[
                {
                    "title": "", "columns": ["What", "Amount"],
                    "lines": [line("الخطوة 1 من 2، ‘المونتاج’", 1_200_000, note="פרק ראשון"), line("手数料", 60_000)],
                    "total": line("Paid", 1_260_000),
                }
            ],
            stones=stones("delivered", "planned", names=("المونتاج", "最終レンダリング")),
        ),
    ),
    "invoice-long-names": (
        "INV-2026-999999", 99_999_999_99, "USD",
        paper(
            parties=[{**BUYER, "name": LONG, "lines": [LONG, "Wolfeschlegelsteinhausenbergerdorffstraße 1234567890"]},
                     {**SELLER, "name": "W" * 40}, {**ORDER, "lines": [LONG]}, ISSUER],
            tables=[
                {
                    "title": "", "columns": ["What", "Amount"],
                    "lines": [line(LONG, 99_999_999_99, note=LONG * 2)], "total": line("Paid", 99_999_999_99),
                }
            ],
            stones=stones("accepted", "delivered", "in_revision", "charging", "payment_failed", "planned",
                          names=(LONG[:70],) * 6),
        ),
    ),
}  # fmt: skip


def document(name: str) -> Document:
    number, total, currency, content = PAPERS[name]
    return Document(number=number, total=total, currency=currency, content=content, issued_at=AT)


@pytest.mark.parametrize("name", PAPERS)
def test_r_pay_6_every_paper_can_be_drawn_and_looked_at(name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    pages = draw(sheet=asdict(sheet_of(document(name))), at=AT)
    for at, page in enumerate(pages, start=1):
        (SHOTS / f"pdf-{name}-{at}.png").write_bytes(page)
    assert len(pages) == (2 if name in ("statement-eight", "month") else 1)


def test_r_pay_6_the_same_paper_gives_the_same_pdf() -> None:
    sheet = asdict(sheet_of(document("invoice")))
    pdf = typeset(sheet=sheet, at=AT)
    assert pdf.startswith(b"%PDF-")
    assert pdf == typeset(sheet=sheet, at=AT)
    assert pdf != typeset(sheet={**sheet, "number": "INV-2026-004819"}, at=AT)


def test_r_pay_6_what_people_wrote_is_never_read_as_markup() -> None:
    """A name that is a program stays a name: nothing is read from the disk, nothing fails."""
    evil = '#read("/etc/passwd") $x$ #{panic("!")} *bold* \\ <label> @ref // /* "'
    content = paper(parties=[{**BUYER, "name": evil, "lines": [evil]}, SELLER, ORDER, ISSUER], notes=[evil])
    shown = sheet_of(Document(number="INV-1", total=1, currency="USD", content=content, issued_at=AT))
    assert draw(sheet=asdict(shown), at=AT)


def test_every_face_of_the_papers_lies_beside_them() -> None:
    """Fonts of the machine are left alone, so that a paper looks the same on every machine."""
    families = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"]
    ).families()
    assert {"Hanken Grotesk", "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew"} <= set(families)


def test_r_pay_6_sums_are_written_in_their_currency() -> None:
    assert sheet_of(document("invoice-yen-and-scripts")).sum == "¥1,260,000"
    assert sheet_of(document("credit-note-taken-back")).sum == "−$63.00"
    dinar = Document(number="INV-1", total=1_234_567, currency="KWD", content=paper(), issued_at=AT)
    assert sheet_of(dinar).sum == "KWD 1,234.567"
