"""Things that no file of ours may contain."""

import re

import pytest

from tests.architecture.test_budgets import ROOT, sources, tracked

MONEY_APPS = ("payments", "milestones", "orders", "offers", "gigs", "marketplace/kernel")
FLOATS = re.compile(r"\b(float|Decimal)\(|FloatField|DecimalField")
NO_MONEY = re.compile(r"timeout|Median|\"inf\"")
RATINGS = ("gigs/facts.py", "gigs/selectors/pages.py", "gigs/selectors/browsing.py")  # stars and relevance are no money
VAGUE_NAMES = {"utils", "helpers", "common", "misc", "manager", "base"}


def test_no_floats_or_decimals_near_money() -> None:
    """R-PAY-4: money is integer minor units, everywhere that money is reckoned."""
    found = [
        f"{name}:{number}"
        for path in sources()
        if (name := str(path.relative_to(ROOT))).startswith(MONEY_APPS) and name not in RATINGS
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if FLOATS.search(line) and not NO_MONEY.search(line)
    ]
    assert found == []


def test_modules_are_named_for_what_they_hold() -> None:
    assert [str(path.relative_to(ROOT)) for path in sources() if path.stem in VAGUE_NAMES] == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX"])
def test_nothing_is_left_for_later(word: str) -> None:
    marked = [str(path.relative_to(ROOT)) for path in sources() if re.search(rf"#.*\b{word}\b", path.read_text())]
    assert marked == []


def test_templates_hold_no_inline_script_or_style() -> None:
    """The content security policy would refuse it, in the browser, where nobody looks."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\sstyle=|\son[a-z]+=\"|hx-on", re.I
    )
    found = [
        str(path.relative_to(ROOT))
        for path in tracked("templates/**", "templates/*")
        if path.suffix == ".html" and "mail" not in path.parts and inline.search(path.read_text())
    ]
    assert found == []
