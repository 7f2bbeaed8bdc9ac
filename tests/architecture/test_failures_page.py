"""docs/failures.md leads to tests that are there."""

import re

import pytest

from tests.architecture.test_budgets import ROOT

NAMED = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")
PAGE = (ROOT / "docs" / "failures.md").read_text()


@pytest.mark.parametrize("module", sorted({module for module, _ in NAMED.findall(PAGE)}))
def test_every_test_that_the_page_names_exists(module: str) -> None:
    source = (ROOT / "tests" / module).read_text()
    named = [name for of, name in NAMED.findall(PAGE) if of == module]
    assert [name for name in named if f"def {name}(" not in source] == []


def test_every_failure_names_a_test() -> None:
    lines = [
        line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| What hap"))
    ]
    assert len(lines) > 40
    assert [line for line in lines if not NAMED.search(line)] == []
