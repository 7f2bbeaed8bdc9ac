"""The workflow of a gig: what is refused, what a draft may keep, what stays hidden (R-GIG-4 to R-GIG-7)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from gigs.drafts import FaqDraft
from gigs.models import Gig, Subcategory
from gigs.selectors import plan_terms
from gigs.services.describing import check_first_milestone, save_description
from gigs.services.editing import save_pricing
from marketplace.kernel.errors import Invalid, ManyInvalid
from milestones import errors
from milestones.designs import PackagePart, StageDesign, SubstepDesign, WorkflowDesign
from milestones.enums import OrderType, PackageTier
from milestones.models import Workflow
from milestones.selectors import design_of
from tests.factories.gigs import NO_MILESTONES, make_draft, package
from tests.factories.milestones import make_design, put_in_force

pytestmark = pytest.mark.django_db
BOTH = (PackageTier.BASIC, PackageTier.STANDARD)


def describe(gig: Gig, design: WorkflowDesign, now: datetime, faq: Sequence[FaqDraft] = ()) -> list[Invalid]:
    return save_description(gig=gig, seller=gig.seller, description="Words.", faq=faq, design=design, now=now)


def part(tier: PackageTier, amount: int, days: int = 5) -> PackagePart:
    return PackagePart(tier=tier, days=days, part=amount)


def stored(gig: Gig) -> WorkflowDesign | None:
    workflow = Gig.objects.get(pk=gig.pk).workflow
    return design_of(workflow) if workflow else None


@pytest.fixture
def plain(seller: User) -> Gig:
    """A draft with one package, Basic at 260.00."""
    return make_draft(seller)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, [errors.TooFewMilestones]), (2, []), (5, [])],
)
def test_r_gig_7_a_draft_may_have_too_few_for_now(
    plain: Gig, now: datetime, count: int, expected: list[type[Exception]]
) -> None:
    parts = [26_000 // count] * count
    lacking = describe(plain, make_design(*parts), now)
    assert [type(error) for error in lacking] == expected
    assert stored(plain) == make_design(*parts)


def test_r_gig_7_a_sixth_milestone_is_refused_even_in_a_draft(plain: Gig, now: datetime) -> None:
    describe(plain, make_design(10_000, 16_000), now)
    with pytest.raises(ManyInvalid) as refused:
        describe(plain, make_design(*[1_000] * 6), now)
    assert [type(error) for error in refused.value.errors] == [errors.TooManyMilestones]
    assert refused.value.message == ("A gig can have up to 5 milestones; this one has 6. Take 1 away or join some.")
    assert stored(plain) == make_design(10_000, 16_000)


@pytest.mark.parametrize(
    ("first", "expected"), [(9_999, [errors.PartsTooLow]), (10_000, []), (10_001, [errors.PartsTooHigh])]
)
def test_r_gig_5_parts_add_up_to_the_cent(
    plain: Gig, now: datetime, first: int, expected: list[type[Exception]]
) -> None:
    assert [type(error) for error in describe(plain, make_design(first, 16_000), now)] == expected


@pytest.mark.parametrize("design", [make_design(9_999, 16_000), make_design(26_000), make_design(0, 26_000)])
def test_r_gig_5_an_active_gig_keeps_the_workflow_it_has(gig: Gig, now: datetime, design: WorkflowDesign) -> None:
    with pytest.raises(ManyInvalid):
        describe(gig, design, now)
    assert stored(gig) == make_design(10_000, 16_000)
    assert Gig.objects.get(pk=gig.pk).description != "Words."


@pytest.mark.parametrize(("price", "refused"), [(10_000, True), (10_001, False)])
def test_r_gig_7_the_first_milestone_needs_a_basic_price_over_100(
    plain: Gig, seller: User, now: datetime, price: int, refused: bool
) -> None:
    save_pricing(gig=plain, seller=seller, packages=[package(PackageTier.BASIC, price)], now=now)
    plain = Gig.objects.get(pk=plain.pk)
    if not refused:
        check_first_milestone(gig=plain, now=now)
        return
    for attempt in (
        lambda: check_first_milestone(gig=plain, now=now),
        lambda: describe(plain, make_design(5_000, 5_000), now),
    ):
        with pytest.raises(ManyInvalid) as failure:
            attempt()
        assert failure.value.message == (
            "Milestones need a Basic package that costs more than $100.00; yours costs $100.00. "
            "Raise its price on the Pricing tab."
        )
    assert stored(plain) is None


def test_r_gig_1_only_the_five_subcategories_may_begin_with_milestones(plain: Gig, now: datetime) -> None:
    five = {
        "3d-product-animation",
        "business-plans",
        "producers-composers",
        "desktop-applications",
        "social-media-marketing",
    }
    for place in Subcategory.objects.all():
        plain.subcategory = place
        if place.slug in five:
            check_first_milestone(gig=plain, now=now)
            continue
        with pytest.raises(ManyInvalid, match="can’t be used in gigs of this subcategory"):
            check_first_milestone(gig=plain, now=now)


@pytest.mark.parametrize("where", ["web-applications", "website-repairs"])
def test_r_gig_1_other_subcategories_take_no_gig_milestones(seller: User, now: datetime, where: str) -> None:
    gig = make_draft(seller, where=where)
    with pytest.raises(ManyInvalid) as refused:
        describe(gig, make_design(10_000, 16_000), now)
    assert [type(error) for error in refused.value.errors] == [errors.SubcategoryExcluded]
    assert stored(gig) is None


def test_r_gig_1_five_subcategories_allow_gig_milestones() -> None:
    names = Subcategory.objects.filter(allows_gig_milestones=True).values_list("name", flat=True)
    assert set(names) == {
        "3D Product Animation",
        "Business Plans",
        "Producers & Composers",
        "Desktop Applications",
        "Social Media Marketing",
    }
    others = Subcategory.objects.filter(allows_gig_milestones=False)
    assert others.filter(allows_offer_milestones=True).count() >= 5
    assert others.filter(allows_offer_milestones=False).count() >= 3


def test_r_pol_4_a_blocked_seller_gets_no_first_milestone(plain: Gig, seller: User, now: datetime) -> None:
    seller.seller.milestones_blocked_reason = "Left orders undone"
    seller.seller.save()
    with pytest.raises(ManyInvalid) as refused:
        check_first_milestone(gig=Gig.objects.get(pk=plain.pk), now=now)
    assert "Left orders undone." in refused.value.message
    with pytest.raises(ManyInvalid) as refused:
        describe(plain, make_design(10_000, 16_000), now)
    assert [type(error) for error in refused.value.errors] == [errors.SellerExcluded]
    assert stored(plain) is None


def test_r_pol_3_under_classic_gigs_take_no_milestones(plain: Gig, now: datetime) -> None:
    put_in_force("classic")
    with pytest.raises(ManyInvalid) as refused:
        describe(plain, make_design(10_000, 16_000), now)
    assert [type(error) for error in refused.value.errors] == [errors.NoMilestonesInGigs]


def test_r_gig_7_what_became_ineligible_stays_editable_and_hidden(gig: Gig, seller: User, now: datetime) -> None:
    put_in_force("standard", gig_price_over=30_000)
    assert describe(gig, make_design(13_000, 13_000), now) == []
    changed = Gig.objects.get(pk=gig.pk)
    assert stored(changed) == make_design(13_000, 13_000)
    assert plan_terms(changed, "basic").order_type == OrderType.SINGLE


def test_r_gig_6_without_payments_a_package_is_one_payment_with_stages(plain: Gig, now: datetime) -> None:
    assert describe(plain, make_design(0, 0, payments=False), now) == []
    terms = plan_terms(Gig.objects.get(pk=plain.pk), "basic")
    assert (terms.order_type, len(terms.milestones)) == (OrderType.SINGLE, 1)
    assert (terms.milestones[0].amount, terms.milestones[0].substeps) == (26_000, ("Step 1", "Step 2"))


def test_r_gig_5_each_package_has_its_own_parts(draft: Gig, now: datetime) -> None:
    lacking = describe(draft, make_design(10_000, 16_000, tiers=BOTH), now)
    assert [(type(error), error.field) for error in lacking] == [(errors.PartsTooLow, "parts_standard")]
    assert lacking[0].message == "The parts of Standard add up to $260.00 of $500.00: $240.00 left to assign."


STAGES = (
    StageDesign(name="Sketch", packages=(part(PackageTier.BASIC, 10_000), part(PackageTier.STANDARD, 20_000))),
    StageDesign(name="Build", packages=(part(PackageTier.BASIC, 16_000), part(PackageTier.STANDARD, 30_000))),
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"name": ""}, [("stages-1-name", "Give milestone 2 a name that says what is delivered.")]),
        ({"packages": (part(PackageTier.BASIC, 16_000, 1), part(PackageTier.STANDARD, 30_000, 30))}, []),
        (
            {"packages": (part(PackageTier.BASIC, 16_000, 0), part(PackageTier.STANDARD, 30_000, 31))},
            [
                ("stages-1-days_basic", "Say how many days “Build” in Basic takes: at least one."),
                (
                    "stages-1-days_standard",
                    "A milestone takes up to 30 days; “Build” in Standard takes 31. Shorten it or divide it in two.",
                ),
            ],
        ),
        (
            {"packages": ()},
            [
                ("stages-1-name", "Choose at least one package for “Build”: it is in none."),
                ("parts_basic", "The parts of Basic add up to $100.00 of $260.00: $160.00 left to assign."),
                ("parts_standard", "The parts of Standard add up to $200.00 of $500.00: $300.00 left to assign."),
            ],
        ),
        (
            {"packages": (part(PackageTier.BASIC, 16_000), part(PackageTier.STANDARD, 30_001))},
            [
                (
                    "parts_standard",
                    "The parts of Standard add up to $500.01, which is $0.01 more than its price of $500.00.",
                )
            ],
        ),
    ],
)
def test_r_gig_5_each_refusal_of_a_milestone_by_the_service(
    draft: Gig, now: datetime, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """A draft is stored with what it lacks, to the letter."""
    design = WorkflowDesign(stages=(STAGES[0], replace(STAGES[1], **changes)))
    lacking = describe(draft, design, now)
    assert [(error.field, error.message) for error in lacking] == expected
    assert stored(draft) == design


@pytest.mark.parametrize(("least", "lacks"), [(499, True), (500, False)])
def test_r_pol_3_the_least_price_of_a_milestone_by_the_service(
    plain: Gig, now: datetime, least: int, lacks: bool
) -> None:
    lacking = describe(plain, make_design(26_000 - least, least), now)
    said = "A milestone costs at least $5.00; “Step 2” costs $4.99."
    assert [(error.field, error.message) for error in lacking] == ([("stages-1-part_basic", said)] if lacks else [])


def test_r_gig_5_a_package_without_a_milestone_is_named(draft: Gig, now: datetime) -> None:
    lacking = describe(draft, make_design(10_000, 16_000), now)
    said = "The Standard package has no milestone. Put at least one in it."
    assert [(error.field, error.message) for error in lacking] == [("parts_standard", said)]


@pytest.mark.parametrize(
    ("count", "days", "lacks"), [(1, 5, ["stages"]), (2, 30, []), (2, 31, ["stages-0-days_basic"])]
)
def test_r_gig_6_without_payments_number_and_days_are_bounded_as_well(
    plain: Gig, now: datetime, count: int, days: int, lacks: list[str]
) -> None:
    lacking = describe(plain, make_design(*[0] * count, days=days, payments=False), now)
    assert [error.field for error in lacking][:1] == lacks


def a_stage(**changes: Any) -> WorkflowDesign:
    """Two milestones, the second with `changes`."""
    design = make_design(10_000, 16_000)
    return replace(design, stages=(design.stages[0], replace(design.stages[1], **changes)))


def with_substep(name: str) -> WorkflowDesign:
    return a_stage(substeps=(SubstepDesign(name="x"), SubstepDesign(name=name)))


@pytest.mark.parametrize(
    ("field", "limit", "typed"),
    [
        ("description", 4000, lambda text: {"description": text}),
        (
            "faq-1-question",
            160,
            lambda text: {"faq": [FaqDraft(question="x", answer="x"), FaqDraft(question=text, answer="x")]},
        ),
        ("faq-0-answer", 1000, lambda text: {"faq": [FaqDraft(question="x", answer=text)]}),
        ("stages-1-name", 80, lambda text: {"design": a_stage(name=text)}),
        ("stages-1-description", 1200, lambda text: {"design": a_stage(description=text)}),
        ("stages-1-criteria", 200, lambda text: {"design": a_stage(criteria=("x", text))}),
        ("stages-1-substeps-1-name", 80, lambda text: {"design": with_substep(text)}),
    ],
)
def test_r_gig_5_words_that_are_too_long_are_stored_nowhere(
    plain: Gig, now: datetime, field: str, limit: int, typed: Callable[[str], dict[str, Any]]
) -> None:
    def save(length: int) -> list[Invalid]:
        words: dict[str, Any] = {"description": "Words.", "faq": [], "design": NO_MILESTONES} | typed("x" * length)
        return save_description(gig=plain, seller=plain.seller, now=now, **words)

    assert save(limit) == []
    version = Gig.objects.get(pk=plain.pk).version
    with pytest.raises(ManyInvalid) as refused:
        save(limit + 1)
    said = f"Up to {limit} characters fit here; this has {limit + 1}."
    assert [(error.field, error.message) for error in refused.value.errors] == [(field, said)]
    assert Gig.objects.get(pk=plain.pk).version == version


@pytest.mark.parametrize("words", ["", "  ", "A"])
def test_r_gig_2_a_gig_is_described(draft: Gig, now: datetime, words: str) -> None:
    lacking = save_description(gig=draft, seller=draft.seller, description=words, faq=[], design=NO_MILESTONES, now=now)
    assert [error.field for error in lacking] == ([] if words.strip() else ["description"])


def test_taking_the_last_milestone_away_takes_the_workflow_away(gig: Gig, now: datetime) -> None:
    assert describe(gig, NO_MILESTONES, now) == []
    assert stored(gig) is None
    assert not Workflow.objects.exists()


def test_faq_entries_are_whole_before_buyers_see_them(draft: Gig, gig: Gig, now: datetime) -> None:
    half = [FaqDraft(question="Why?", answer=""), FaqDraft(question="", answer="Because.")]
    lacking = describe(draft, NO_MILESTONES, now, faq=half)
    assert [error.field for error in lacking] == ["faq-0-answer", "faq-1-question"]
    assert [entry.question for entry in draft.faq.all()] == ["Why?", ""]
    with pytest.raises(ManyInvalid):
        describe(gig, make_design(10_000, 16_000), now, faq=half)
