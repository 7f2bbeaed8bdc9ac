"""docs/offers.md says what the table says."""

from django.conf import settings

from offers.enums import Part
from offers.transitions import OFFERS, OfferTransition

WHOSE = {Part.AUTHOR: "their own", Part.READER: "the other’s", None: "any"}


def line(row: OfferTransition) -> str:
    sides, sources = " or ".join(sorted(row.actors)), ", ".join(sorted(row.sources))
    cells = [row.name, sides, WHOSE[row.part], sources, row.target, "yes" if row.before_deadline else ""]
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def test_docs_offers_is_not_stale() -> None:
    lines = (settings.ROOT / "docs" / "offers.md").read_text(encoding="utf-8").splitlines()
    assert [found for found in lines if found.startswith("| ")][2:] == [line(row) for row in OFFERS]
