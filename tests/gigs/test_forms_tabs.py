"""Each input of Overview, Pricing, Requirements and Gallery: the last that it takes, the first that it refuses."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.datastructures import MultiValueDict

from gigs.enums import RequirementKind
from gigs.forms.tabs import ImageForm, OverviewForm, PackageForm, PricingForms, RequirementForm, WordsForm
from gigs.models import GigImage
from milestones.enums import PackageTier
from tests.factories.gigs import subcategory

PACKAGE = {"name": "Small", "description": "One window.", "price": "260", "delivery_days": "9", "revisions": "2"}
AMOUNT = "Write an amount such as 120.00."


def too_long(limit: int) -> str:
    """What is said of one character more."""
    return f"Ensure this value has at most {limit} characters (it has {limit + 1})."


def package_form(tier: PackageTier, **changes: str) -> PackageForm:
    typed = {"offered": "on"} | PACKAGE | changes
    data = {f"{tier}-{name}": text for name, text in typed.items()}
    return PackageForm(data, tier=tier, currency="USD")


@pytest.mark.parametrize("tier", PackageTier)
@pytest.mark.parametrize(
    ("name", "last", "over", "said"),
    [
        ("name", "x" * 60, "x" * 61, too_long(60)),
        ("description", "x" * 500, "x" * 501, too_long(500)),
        ("price", "0.01", "-0.01", AMOUNT),
        ("price", "1.01", "1.001", AMOUNT),
        ("price", "9" * 12, "9" * 13, AMOUNT),
        ("delivery_days", "1", "0", "At least 1 day."),
        ("delivery_days", "999", "1000", "Ensure this value is less than or equal to 999."),
        ("delivery_days", "2", "1.5", "Write a whole number of days."),
        ("revisions", "0", "-1", "Ensure this value is greater than or equal to 0."),
        ("revisions", "50", "51", "Ensure this value is less than or equal to 50."),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_r_gig_2_what_a_package_takes(tier: PackageTier, name: str, last: str, over: str, said: str) -> None:
    assert package_form(tier, **{name: last}).errors == {}
    assert package_form(tier, **{name: over}).errors == {name: [said]}


@pytest.mark.parametrize("tier", PackageTier)
def test_r_gig_3_a_draft_may_leave_all_of_a_package_out(tier: PackageTier) -> None:
    form = package_form(tier, **dict.fromkeys(PACKAGE, ""))
    assert form.errors == {}
    assert (form.draft.name, form.draft.price, form.draft.delivery_days, form.draft.revisions) == ("", 0, 0, 0)


@pytest.mark.parametrize(
    ("ticked", "offered"),
    [
        ((), ["basic"]),
        (("premium",), ["basic", "premium"]),
        (("standard", "premium"), ["basic", "standard", "premium"]),
        (("golden",), ["basic"]),
    ],
)
def test_r_gig_2_up_to_three_packages_and_always_basic(ticked: tuple[str, ...], offered: list[str]) -> None:
    data = {f"{tier}-offered": "on" for tier in ticked} | {f"{tier}-name": "A name" for tier in offered}
    forms = PricingForms(data, currency="USD", plans={})
    assert forms.is_valid()
    assert [draft.tier for draft in forms.drafts] == offered


@pytest.mark.parametrize(
    ("name", "last", "over", "said"),
    [
        ("title", "x" * 80, "x" * 81, too_long(80)),
        ("title", "x", " ", "This field is required."),
        ("tags", "a, b, c, d, e, A", "a,b,c,d,e,f", "Use up to 5 tags."),
        ("tags", "x" * 30, "x" * 31, "Keep each tag to 30 characters."),
    ],
    ids=["title", "no title", "tags", "tag"],
)
def test_r_gig_2_what_the_overview_takes(db: None, name: str, last: str, over: str, said: str) -> None:
    typed = {"title": "I will build it", "subcategory": str(subcategory().pk), "tags": ""}
    assert OverviewForm(typed | {name: last}, milestones=True).errors == {}
    assert OverviewForm(typed | {name: over}, milestones=True).errors == {name: [said]}


@pytest.mark.parametrize(("chosen", "said"), [("", "This field is required."), ("0", "Select a valid choice.")])
def test_r_gig_1_a_gig_has_a_subcategory_that_there_is(db: None, chosen: str, said: str) -> None:
    form = OverviewForm({"title": "I will build it", "subcategory": chosen, "tags": ""}, milestones=True)
    assert list(form.errors) == ["subcategory"]
    assert str(form.errors["subcategory"][0]).startswith(said)


def test_r_gig_1_the_list_of_subcategories_marks_the_five(db: None) -> None:
    groups = OverviewForm({}, milestones=True).fields["subcategory"].widget.choices
    names = [label for group, members in groups if group for _, label in members]
    assert {label.partition(" · ")[0] for label in names if label.endswith(" · milestones possible")} == {
        *("3D Product Animation", "Business Plans", "Producers & Composers"),
        *("Desktop Applications", "Social Media Marketing"),
    }
    assert len(names) > 5


@pytest.mark.parametrize(
    ("name", "last", "over", "said"),
    [
        ("question", "x" * 400, "x" * 401, too_long(400)),
        ("options", "x\n" + "x" * 120, "x\n" + "x" * 121, "Keep each line to 120 characters."),
        *(
            ("kind", kind, "number", "Select a valid choice. number is not one of the available choices.")
            for kind in RequirementKind
        ),
    ],
)
def test_r_gig_2_what_a_question_takes(name: str, last: str, over: str, said: str) -> None:
    typed = {"question": "Which?", "kind": "choice", "options": "One\nTwo"}
    assert RequirementForm(typed | {name: last}).errors == {}
    assert RequirementForm(typed | {name: over}).errors == {name: [said]}


@pytest.mark.parametrize(
    ("words", "errors"),
    [("x" * 160, None), ("x" * 161, too_long(160)), (" ", "")],
    ids=["160", "161", "blank"],
)
def test_r_gig_2_the_words_of_a_picture(words: str, errors: str | None) -> None:
    """Those of a new picture, and those of one that is in the gallery."""
    files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict({"image": [SimpleUploadedFile("a.png", b"x")]})
    new = ImageForm({"alt": words}, files)
    old = WordsForm({"img_1-alt": words}, image=GigImage(public_id="img_1", alt="One"), number=1)
    expected = ["This field is required.", "Say in a few words what the picture shows."]
    for form, required in zip((new, old), expected, strict=True):
        assert form.errors == ({} if errors is None else {"alt": [errors or required]})
