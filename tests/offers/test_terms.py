"""Drafts as typed: kept to the letter, read as terms, rearranged."""

import pytest

from milestones.enums import OrderType, RevisionScope
from offers.terms import DraftTerms, TypedMilestone, read_terms
from tests.factories.offers import row, rows


def read(*milestones: TypedMilestone, scope: RevisionScope = RevisionScope.MILESTONE, revisions: str = "") -> object:
    return read_terms(
        typed=DraftTerms(milestones=milestones, revisions=revisions),
        order_type=OrderType.MILESTONES,
        currency="USD",
        scope=scope,
        title="A film",
    )


def test_what_was_typed_survives_storing() -> None:
    typed = DraftTerms(milestones=(row("12,x"), TypedMilestone(criteria=" a \n\n b")), revisions="?")
    assert DraftTerms.from_json(typed.to_json()) == typed
    assert DraftTerms.from_json(None) == DraftTerms()


def test_sent_terms_come_back_into_the_form_and_read_the_same() -> None:
    terms, failures = read_terms(
        typed=DraftTerms(milestones=rows("1180", "20.5")),
        order_type=OrderType.MILESTONES,
        currency="USD",
        scope=RevisionScope.MILESTONE,
        title="",
    )
    assert failures == []
    again, _ = read_terms(
        typed=DraftTerms.from_plan(terms),
        order_type=OrderType.MILESTONES,
        currency="USD",
        scope=RevisionScope.MILESTONE,
        title="",
    )
    assert again.digest == terms.digest


@pytest.mark.parametrize("text", ["٣", "1.5", "-1", "1000", "9" * 5000, "four"])
def test_what_is_not_a_whole_number_up_to_999_says_so(text: str) -> None:
    terms, failures = read(row(days=text))  # type: ignore[misc]
    assert [(failure.field, failure.code) for failure in failures] == [("milestones-0-days", "not_a_number")]  # type: ignore[has-type]
    assert terms.milestones[0].days == 0  # type: ignore[has-type]


@pytest.mark.parametrize("text", ["12.345", "-5", "1e9", "1" * 13, "£5"])
def test_what_is_not_a_price_says_so(text: str) -> None:
    _, failures = read(row(text))  # type: ignore[misc]
    assert [(failure.field, failure.code) for failure in failures] == [("milestones-0-amount", "not_a_price")]  # type: ignore[has-type]


@pytest.mark.parametrize(("text", "amount"), [("1,180", 118000), ("$240.5", 24050), (" 5 ", 500), ("", 0)])
def test_prices_are_read_as_people_type_them(text: str, amount: int) -> None:
    terms, failures = read(row(text))  # type: ignore[misc]
    assert (terms.milestones[0].amount, failures) == (amount, [])  # type: ignore[has-type]


def test_criteria_are_one_on_a_line_without_bullets() -> None:
    assert row(criteria="- sharp\n\n•  quiet \n* done").criteria_lines == ("sharp", "quiet", "done")


def test_rows_are_added_removed_and_moved() -> None:
    typed = DraftTerms(milestones=rows("1", "2", "3"))

    def prices(changed: DraftTerms) -> list[str]:
        return [milestone.amount for milestone in changed.milestones]

    assert prices(typed.added()) == ["1", "2", "3", ""]
    assert prices(typed.removed(1)) == ["1", "3"]
    assert prices(typed.removed(7)) == ["1", "2", "3"]
    assert prices(typed.moved(2, -1)) == ["1", "3", "2"]
    assert prices(typed.moved(0, -1)) == ["1", "2", "3"]
    assert prices(typed.moved(2, 1)) == ["1", "2", "3"]
