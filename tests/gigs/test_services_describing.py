"""The workflow of a gig: what is refused, what a draft may keep, what stays hidden (R-GIG-4 to R-GIG-7)."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from accounts.models import User
from gigs.drafts import FaqDraft
from gigs.models import Gig, Subcategory
from gigs.selectors import plan_terms
from gigs.services.describing import check_first_milestone, save_description
from gigs.services.editing import save_pricing
from marketplace.kernel.errors import Invalid, ManyInvalid
from milestones import errors
from milestones.designs import WorkflowDesign
from milestones.enums import OrderType, PackageTier
from milestones.models import Workflow
from milestones.selectors import design_of
from tests.factories.gigs import NO_MILESTONES, make_draft, package
from tests.factories.milestones import make_design, put_in_force

pytestmark = pytest.mark.django_db
BOTH = (PackageTier.BASIC, PackageTier.STANDARD)


def describe(gig: Gig, design: WorkflowDesign, now: datetime, faq: Sequence[FaqDraft] = ()) -> list[Invalid]:
    return save_description(gig=gig, seller=gig.seller, description="Words.", faq=faq, design=design, now=now)


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
