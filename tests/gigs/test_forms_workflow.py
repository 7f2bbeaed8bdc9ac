"""Each input of Description & FAQ: the last that it takes, the first that it refuses; parts to the cent (R-GIG-5)."""

import pytest

from gigs.forms.rows import FormRows
from gigs.forms.workflow import DescriptionForm, FaqForm, StageForm, SubstepForm, fit_to_price, split_evenly
from marketplace.kernel.money import Money
from milestones.designs import PackagePart
from milestones.enums import PackageTier

TIERS = list(PackageTier)
AMOUNT = "Write an amount such as 120.00."


def too_long(limit: int) -> str:
    """What is said of one character more."""
    return f"Ensure this value has at most {limit} characters (it has {limit + 1})."


def stage_form(**changes: str) -> StageForm:
    """A milestone that is in Basic and Premium."""
    typed = {"name": "Sketch", "in_basic": "on", "days_basic": "5", "part_basic": "100"}
    typed |= {"in_premium": "on", "days_premium": "9", "part_premium": "300.50"}
    rows = FormRows()
    rows.add("stages", typed | changes)
    rows.ensure("stages-0-substeps")
    return StageForm(rows.data, prefix="stages-0", tiers=TIERS, currency="USD")


@pytest.mark.parametrize(
    ("name", "last", "over", "said"),
    [
        ("name", "x" * 80, "x" * 81, too_long(80)),
        ("description", "x" * 1200, "x" * 1201, too_long(1200)),
        ("criteria", "x\n" + "x" * 200, "x\n" + "x" * 201, "Keep each line to 200 characters."),
        *((f"days_{tier}", "1", "0", "At least 1 day.") for tier in TIERS),
        *((f"days_{tier}", "999", "1000", "Ensure this value is less than or equal to 999.") for tier in TIERS),
        *((f"part_{tier}", "0.01", "-0.01", AMOUNT) for tier in TIERS),
        *((f"part_{tier}", "5.01", "5.001", AMOUNT) for tier in TIERS),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_r_gig_5_what_a_milestone_takes(name: str, last: str, over: str, said: str) -> None:
    assert stage_form(**{name: last}).errors == {}
    assert stage_form(**{name: over}).errors == {name: [said]}


def test_r_gig_5_a_milestone_is_in_the_packages_that_are_ticked() -> None:
    form = stage_form(days_standard="3", part_standard="7")
    assert form.is_valid()
    assert form.design.packages == (
        PackagePart(tier=PackageTier.BASIC, days=5, part=10_000),
        PackagePart(tier=PackageTier.PREMIUM, days=9, part=30_050),
    )


@pytest.mark.parametrize(
    ("last", "over", "said"),
    [
        ({"name": "x" * 80}, {"name": "x" * 81}, {"name": [too_long(80)]}),
        (
            {"tiers": ["basic", "premium"]},
            {"tiers": ["golden"]},
            {"tiers": ["Select a valid choice. golden is not one of the available choices."]},
        ),
    ],
    ids=["name", "tiers"],
)
def test_r_gig_5_what_a_substep_takes(
    last: dict[str, object], over: dict[str, object], said: dict[str, list[str]]
) -> None:
    assert SubstepForm(last, tiers=TIERS).errors == {}
    assert SubstepForm(over, tiers=TIERS).errors == said


@pytest.mark.parametrize(
    ("form", "name", "limit"),
    [(DescriptionForm, "description", 4000), (FaqForm, "question", 160), (FaqForm, "answer", 1000)],
)
def test_r_gig_2_how_long_the_words_of_a_gig_may_be(
    form: type[DescriptionForm | FaqForm], name: str, limit: int
) -> None:
    for empty_or_full in ("", "x" * limit):
        assert form({name: empty_or_full}).errors == {}
    assert form({name: "x" * (limit + 1)}).errors == {name: [too_long(limit)]}


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(
    ("price", "ticked", "parts"),
    [
        (10_001, (), ["33.34", "33.34", "33.33"]),
        (10_001, (0, 1, 2), ["33.34", "33.34", "33.33"]),
        (10_001, (0, 2), ["50.01", None, "50.00"]),
        (2, (), ["0.01", "0.01", "0.00"]),
    ],
)
def test_r_gig_5_split_evenly_in_each_package(
    tier: PackageTier, price: int, ticked: tuple[int, ...], parts: list[str | None]
) -> None:
    rows = FormRows()
    for index in range(3):
        rows.add("stages", {f"in_{tier}": "on"} if index in ticked else {})
    split_evenly(rows, tier, Money(price, "USD"))
    assert [rows.data.get(f"stages-{index}-part_{tier}") for index in range(3)] == parts
    others = [key for key in rows.data if key.startswith("stages-0-") and not key.endswith(f"_{tier}")]
    assert others == []


@pytest.mark.parametrize(
    ("price", "typed", "fitted"),
    [
        (26_000, ["30", "60", "10"], ["78.00", "156.00", "26.00"]),
        (26_000, ["$44", "66"], ["104.00", "156.00"]),  # a third milestone was removed
        (30_001, ["100", "100", "100"], ["100.01", "100.00", "100.00"]),
        (26_000, ["260", ""], ["260.00", ""]),
        (26_000, ["130", "some"], ["260.00", "some"]),
        (26_000, ["", ""], ["130.00", "130.00"]),  # there is nothing to keep to
    ],
)
def test_r_gig_5_parts_are_fitted_to_the_price_by_their_weights(
    price: int, typed: list[str], fitted: list[str]
) -> None:
    rows = FormRows()
    for part in typed:
        rows.add("stages", {"in_basic": "on", "part_basic": part})
    rows.add("stages", {"part_basic": "999"})  # not in the package
    fit_to_price(rows, PackageTier.BASIC, Money(price, "USD"))
    assert [rows.data[f"stages-{index}-part_basic"] for index in range(len(typed) + 1)] == [*fitted, "999"]


def test_r_gig_5_there_is_nothing_to_split_without_milestones() -> None:
    rows = FormRows()
    split_evenly(rows, PackageTier.BASIC, Money(10_001, "USD"))
    assert not [key for key in rows.data if "part" in key]
