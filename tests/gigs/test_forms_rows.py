"""Rows in posted data: added, removed, moved, with the rows inside them (R-GIG-4)."""

import pytest
from django.http import QueryDict

from gigs.forms.rows import MOST_ROWS, FormRows


def rows(*names: str) -> FormRows:
    """Stages with a name each; the second has two substeps."""
    made = FormRows()
    for name in names:
        made.add("stages", {"name": name})
    made.add("stages-1-substeps", {"name": "first", "tiers": ["basic", "premium"]})
    made.add("stages-1-substeps", {"name": "second"})
    return made


def names(made: FormRows, prefix: str = "stages") -> list[str | None]:
    return [made.data.get(f"{prefix}-{index}-name") for index in range(made.count(prefix))]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("up stages 1", ["b", "a", "c"]),
        ("down stages 1", ["a", "c", "b"]),
        ("remove stages 0", ["b", "c"]),
        ("remove stages 2", ["a", "b"]),
        ("add stages", ["a", "b", "c", None]),
    ],
)
def test_r_gig_4_rows_change_as_the_button_says(action: str, expected: list[str | None]) -> None:
    made = rows("a", "b", "c")
    assert made.act(action)
    assert names(made) == expected


@pytest.mark.parametrize(
    "action",
    [
        "up stages 0",
        "down stages 2",
        "remove stages 3",
        "up stages",
        "remove csrfmiddlewaretoken 0",
        "add packages",
        "explode stages 1",
        "",
        "up stages -1",
    ],
)
def test_what_cannot_be_done_changes_nothing(action: str) -> None:
    made = rows("a", "b", "c")
    before = made.data.urlencode()
    if action != "up stages":
        assert not made.act(action)
    assert names(made) == ["a", "b", "c"]
    assert made.data.urlencode() == before


def test_r_gig_4_a_row_takes_the_rows_inside_it_along() -> None:
    made = rows("a", "b", "c")
    made.act("up stages 1")
    assert names(made, "stages-0-substeps") == ["first", "second"]
    assert made.data.getlist("stages-0-substeps-0-tiers") == ["basic", "premium"]
    assert names(made, "stages-1-substeps") == []
    made.act("down stages-0-substeps 0")
    assert names(made, "stages-0-substeps") == ["second", "first"]
    assert made.data.getlist("stages-0-substeps-1-tiers") == ["basic", "premium"]
    made.act("remove stages 0")
    assert names(made) == ["a", "c"]
    assert names(made, "stages-0-substeps") == []


def test_blank_rows_are_dropped() -> None:
    made = FormRows()
    for question in ("One?", "  ", "Two?", ""):
        made.add("faq", {"question": question, "answer": ""})
    made.drop_blank("faq", "question", "answer")
    assert [made.data[f"faq-{index}-question"] for index in range(made.count("faq"))] == ["One?", "Two?"]


@pytest.mark.parametrize(("posted", "count"), [("3", 3), ("-1", 0), ("many", 0), ("", 0), ("999999", MOST_ROWS)])
def test_what_a_browser_says_about_the_number_of_rows_is_bounded(posted: str, count: int) -> None:
    made = FormRows(QueryDict(f"stages-TOTAL_FORMS={posted}"))
    assert made.count("stages") == count


def test_a_form_can_be_full() -> None:
    made = FormRows()
    assert all(made.act("add faq") for _ in range(MOST_ROWS))
    assert not made.act("add faq")
    assert made.count("faq") == MOST_ROWS


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("move stages 0 2", ["b", "c", "a"]),
        ("move stages 2 0", ["c", "a", "b"]),
        ("move stages 1 2", ["a", "c", "b"]),
        ("move stages 1 1", ["a", "b", "c"]),
    ],
)
def test_r_gig_4_a_row_is_dragged_to_its_place_and_the_others_make_way(action: str, expected: list[str]) -> None:
    made = rows("a", "b", "c")
    assert made.act(action)
    assert names(made) == expected
    assert names(made, f"stages-{expected.index('b')}-substeps") == ["first", "second"]


@pytest.mark.parametrize("action", ["move stages 0 3", "move stages 3 0", "move packages 0 1", "move stages 0 -1"])
def test_r_gig_4_a_drag_to_nowhere_changes_nothing(action: str) -> None:
    made = rows("a", "b", "c")
    assert not made.act(action)
    assert names(made) == ["a", "b", "c"]


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_removed_row_comes_back_to_its_place_with_the_rows_inside_it(index: int) -> None:
    made = rows("a", "b", "c")
    before = sorted(made.data.lists())
    made.act(f"remove stages {index}")
    assert made.removed
    assert (made.removed.noun, made.removed.name) == ("Milestone", "abc"[index])
    made = FormRows(made.data)  # what was removed travels in the form
    assert made.act("undo")
    assert sorted(made.data.lists()) == before
    assert made.removed is None


def test_a_removed_substep_comes_back_to_its_milestone() -> None:
    made = rows("a", "b", "c")
    made.act("remove stages-1-substeps 0")
    assert made.removed
    assert (made.removed.noun, made.removed.name) == ("Substep", "first")
    assert made.act("undo")
    assert names(made, "stages-1-substeps") == ["first", "second"]
    assert made.data.getlist("stages-1-substeps-0-tiers") == ["basic", "premium"]


def test_what_was_removed_waits_while_rows_are_added_and_is_gone_when_they_change_places() -> None:
    made = rows("a", "b", "c")
    made.act("remove stages 0")
    made.act("add stages")
    made.act("undo")
    assert names(made) == ["a", "b", "c", None]
    made.act("remove stages 0")
    made.act("down stages 0")
    assert made.removed is None
    assert not made.act("undo")
    assert names(made) == ["c", "b", None]


@pytest.mark.parametrize("posted", ["removed-prefix=packages&removed-index=0", "removed-prefix=stages&removed-index=x"])
def test_what_no_form_of_ours_says_cannot_be_undone(posted: str) -> None:
    made = FormRows(QueryDict(posted + "&removed-row-name=a"))
    assert not made.act("undo")
    assert made.count("stages") == 0
