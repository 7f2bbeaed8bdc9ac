"""Who may have milestones, and how many, how dear, how long: each limit at its edge, under both policies."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from marketplace.kernel.errors import ManyInvalid
from marketplace.kernel.money import Money
from milestones import errors
from milestones.designs import PackagePart, StageDesign, WorkflowDesign
from milestones.enums import OrderType, PackageTier, RevisionScope
from milestones.models import MilestonePolicy
from milestones.rules import check_offer_terms, check_workflow
from milestones.terms import PlanTerms
from tests.factories.milestones import make_design, make_terms, put_in_force, shipped_policy

pytestmark = pytest.mark.django_db
BASIC, STANDARD = PackageTier.BASIC, PackageTier.STANDARD
Found = set[tuple[type[Exception], str]]


def failures(check: Callable[[], None]) -> Found:
    """Each failure's class and the input it stands beside."""
    try:
        check()
    except ManyInvalid as found:
        return {(type(error), error.field) for error in found.errors}
    return set()


def offer(terms: PlanTerms, *, policy: MilestonePolicy | None = None, allows: bool = True, blocked: str = "") -> Found:
    policy = policy or shipped_policy()
    return failures(
        lambda: check_offer_terms(terms=terms, policy=policy, subcategory_allows=allows, seller_blocked_reason=blocked)
    )


def gig(
    design: WorkflowDesign,
    price: int = 26_000,
    *,
    policy: MilestonePolicy | None = None,
    allows: bool = True,
    blocked: str = "",
    prices: dict[PackageTier, Money] | None = None,
) -> Found:
    return failures(
        lambda: check_workflow(
            design=design,
            prices=prices or {BASIC: Money(price, "USD")},
            policy=policy or shipped_policy(),
            subcategory_allows=allows,
            seller_blocked_reason=blocked,
        )
    )


# --- Offers ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "count", "expected"),
    [
        ("standard", 1, errors.TooFewMilestones),
        ("standard", 2, None),
        ("standard", 6, None),
        ("standard", 7, errors.TooManyMilestones),
        ("classic", 1, errors.TooFewMilestones),
        ("classic", 2, None),
        ("classic", 3, None),
        ("classic", 4, errors.TooManyMilestones),
    ],
)
def test_r_pol_3_milestones_in_an_offer(name: str, count: int, expected: type[Exception] | None) -> None:
    policy = shipped_policy(name)
    terms = make_terms(*[12_000] * count, scope=RevisionScope(policy.revision_scope))
    assert offer(terms, policy=policy) == ({(expected, "milestones")} if expected else set())


@pytest.mark.parametrize("name", ["standard", "classic"])
@pytest.mark.parametrize(("second", "refused"), [(5_000, True), (5_001, False)])
def test_r_pol_3_an_offer_totals_over_100(name: str, second: int, refused: bool) -> None:
    policy = shipped_policy(name)
    terms = make_terms(5_000, second, scope=RevisionScope(policy.revision_scope))
    assert offer(terms, policy=policy) == ({(errors.OfferTotalTooLow, "milestones")} if refused else set())


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, errors.MilestoneWithoutDays), (1, None), (30, None), (31, errors.MilestoneTooLong)],
)
def test_r_pol_3_days_of_one_milestone(days: int, expected: type[Exception] | None) -> None:
    found = offer(make_terms(12_000, 12_000, days=days))
    fields = {"milestones-0-days", "milestones-1-days"}
    assert found == ({(expected, field) for field in fields} if expected else set())


@pytest.mark.parametrize(("price", "refused"), [(499, True), (500, False)])
def test_r_pol_3_price_of_one_milestone(price: int, refused: bool) -> None:
    found = offer(make_terms(20_000, price))
    assert found == ({(errors.MilestoneTooCheap, "milestones-1-amount")} if refused else set())


def test_r_pol_4_a_subcategory_may_keep_milestones_out_of_offers() -> None:
    terms = make_terms(12_000, 12_000)
    assert offer(terms, allows=False) == {(errors.SubcategoryExcluded, "gig")}


def test_r_pol_4_a_blocked_seller_reads_why() -> None:
    with pytest.raises(ManyInvalid) as refused:
        check_offer_terms(
            terms=make_terms(12_000, 12_000),
            policy=shipped_policy(),
            subcategory_allows=True,
            seller_blocked_reason="Two orders were left undone",
        )
    assert "switched milestones off for you: Two orders were left undone. Write to" in refused.value.message


def test_r_pol_4_a_single_payment_needs_no_eligibility() -> None:
    terms = make_terms(500, order_type=OrderType.SINGLE)
    assert offer(terms, allows=False, blocked="No.") == set()


@pytest.mark.parametrize(
    ("count", "refused"),
    [(1, False), (2, True)],
)
def test_r_ord_1_a_single_payment_is_for_one_piece_of_work(count: int, refused: bool) -> None:
    terms = make_terms(*[12_000] * count, order_type=OrderType.SINGLE)
    assert offer(terms) == ({(errors.NotOneMilestone, "milestones")} if refused else set())


@pytest.mark.parametrize(("days", "refused"), [(75, False), (76, True)])
def test_r_pol_3_a_single_payment_is_not_held_longer_than_money_may_be(days: int, refused: bool) -> None:
    terms = make_terms(12_000, order_type=OrderType.SINGLE, days=days)
    assert offer(terms) == ({(errors.WorkTooLong, "milestones-0-days")} if refused else set())


def test_r_pol_2_offers_are_in_the_policys_currency() -> None:
    terms = replace(make_terms(12_000, 12_000), currency="EUR")
    assert offer(terms) == {(errors.WrongCurrency, "currency")}


def test_r_ofr_3_every_milestone_has_a_name() -> None:
    terms = make_terms(12_000, 12_000)
    nameless = replace(terms, milestones=(terms.milestones[0], replace(terms.milestones[1], name="  ")))
    assert offer(nameless) == {(errors.MilestoneWithoutName, "milestones-1-name")}


@pytest.mark.parametrize("name", ["standard", "classic"])
def test_r_pol_3_revisions_stand_where_the_policy_counts_them(name: str) -> None:
    policy = shipped_policy(name)
    own = RevisionScope(policy.revision_scope)
    other = next(scope for scope in RevisionScope if scope != own)
    assert offer(make_terms(12_000, 12_000, scope=own), policy=policy) == set()
    assert offer(make_terms(12_000, 12_000, scope=other), policy=policy) == {(errors.RevisionsOutOfScope, "revisions")}
    # The right word with the number in the wrong place is refused too.
    misplaced = replace(make_terms(12_000, 12_000, scope=other), revision_scope=own)
    assert offer(misplaced, policy=policy) == {(errors.RevisionsOutOfScope, "revisions")}


def test_every_failure_of_an_offer_is_found_at_once() -> None:
    terms = make_terms(100, days=31)
    assert offer(terms, allows=False) == {
        (errors.MilestoneTooLong, "milestones-0-days"),
        (errors.MilestoneTooCheap, "milestones-0-amount"),
        (errors.TooFewMilestones, "milestones"),
        (errors.OfferTotalTooLow, "milestones"),
        (errors.SubcategoryExcluded, "gig"),
    }


# --- Gigs -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, errors.TooFewMilestones),
        (1, errors.TooFewMilestones),
        (2, None),
        (5, None),
        (6, errors.TooManyMilestones),
    ],
)
def test_r_gig_7_milestones_in_a_gig(count: int, expected: type[Exception] | None) -> None:
    found = gig(make_design(*[6_000] * count), 6_000 * count or 26_000)
    assert (expected, "stages") in found if expected else not found


@pytest.mark.parametrize(("price", "refused"), [(10_000, True), (10_001, False)])
def test_r_pol_3_the_basic_package_costs_over_100(price: int, refused: bool) -> None:
    found = gig(make_design(5_000, price - 5_000), price)
    assert found == ({(errors.BasicPriceTooLow, "milestones")} if refused else set())


def test_r_pol_3_only_the_basic_price_decides() -> None:
    prices = {BASIC: Money(10_000, "USD"), STANDARD: Money(50_000, "USD")}
    design = WorkflowDesign(
        stages=tuple(
            StageDesign(
                name=name,
                packages=(PackagePart(tier=BASIC, days=3, part=5_000), PackagePart(tier=STANDARD, days=3, part=25_000)),
            )
            for name in ("One", "Two")
        )
    )
    assert gig(design, prices=prices) == {(errors.BasicPriceTooLow, "milestones")}


@pytest.mark.parametrize(
    ("first", "expected"),
    [(9_999, errors.PartsTooLow), (10_000, None), (10_001, errors.PartsTooHigh)],
)
def test_r_gig_5_parts_add_up_to_the_price_to_the_cent(first: int, expected: type[Exception] | None) -> None:
    found = gig(make_design(first, 16_000), 26_000)
    assert found == ({(expected, "parts_basic")} if expected else set())


def test_r_gig_5_the_difference_is_said() -> None:
    with pytest.raises(ManyInvalid) as refused:
        check_workflow(
            design=make_design(9_999, 16_000),
            prices={BASIC: Money(26_000, "USD")},
            policy=shipped_policy(),
            subcategory_allows=True,
            seller_blocked_reason="",
        )
    assert refused.value.message == "The parts of Basic add up to $259.99 of $260.00: $0.01 left to assign."


def test_r_gig_5_a_milestone_that_a_package_lacks_takes_no_part_of_it() -> None:
    everywhere = (PackagePart(tier=BASIC, days=3, part=26_000), PackagePart(tier=STANDARD, days=3, part=50_000))
    design = WorkflowDesign(
        stages=(
            StageDesign(name="Build", packages=everywhere),
            StageDesign(name="Polish", packages=(PackagePart(tier=STANDARD, days=3, part=38_000),)),
        )
    )
    prices = {BASIC: Money(26_000, "USD"), STANDARD: Money(88_000, "USD")}
    assert gig(design, prices=prices) == set()


@pytest.mark.parametrize(
    ("days", "expected"), [(0, errors.MilestoneWithoutDays), (1, None), (30, None), (31, errors.MilestoneTooLong)]
)
def test_r_pol_3_days_of_one_stage(days: int, expected: type[Exception] | None) -> None:
    found = gig(make_design(10_000, 16_000, days=days))
    fields = {"stages-0-days_basic", "stages-1-days_basic"}
    assert found == ({(expected, field) for field in fields} if expected else set())


@pytest.mark.parametrize(("part", "refused"), [(499, True), (500, False)])
def test_r_pol_3_price_of_one_stage(part: int, refused: bool) -> None:
    found = gig(make_design(part, 26_000 - part))
    assert found == ({(errors.MilestoneTooCheap, "stages-0-part_basic")} if refused else set())


def test_r_gig_5_a_stage_is_in_a_package_that_the_gig_has() -> None:
    design = make_design(10_000, 16_000)
    homeless = StageDesign(name="Lost", packages=(PackagePart(tier=STANDARD, days=3, part=500),))
    assert gig(WorkflowDesign(stages=(*design.stages, homeless))) == {(errors.MilestoneInNoPackage, "stages-2-name")}


def test_r_gig_5_every_package_has_a_milestone() -> None:
    prices = {BASIC: Money(26_000, "USD"), STANDARD: Money(50_000, "USD")}
    assert gig(make_design(10_000, 16_000), prices=prices) == {(errors.PackageWithoutMilestones, "parts_standard")}


def test_r_gig_5_every_stage_has_a_name() -> None:
    design = make_design(10_000, 16_000)
    nameless = WorkflowDesign(stages=(replace(design.stages[0], name=" "), design.stages[1]))
    assert gig(nameless) == {(errors.MilestoneWithoutName, "stages-0-name")}


def test_r_gig_6_without_milestone_payments_parts_need_not_add_up() -> None:
    assert gig(make_design(0, 0, payments=False)) == set()
    assert gig(make_design(0, payments=False)) == {(errors.TooFewMilestones, "stages")}


def test_r_pol_4_an_ineligible_gig_hears_every_reason() -> None:
    found = gig(make_design(5_000, 5_000), 10_000, allows=False, blocked="Left orders undone.")
    assert {error for error, _ in found} == {
        errors.SubcategoryExcluded,
        errors.SellerExcluded,
        errors.BasicPriceTooLow,
    }


def test_r_pol_3_classic_keeps_milestones_out_of_gigs() -> None:
    found = gig(make_design(10_000, 16_000), policy=shipped_policy("classic"))
    assert (errors.NoMilestonesInGigs, "milestones") in found


def test_r_pol_1_no_limit_stands_in_the_code() -> None:
    policy = put_in_force(
        "standard", gig_max_milestones=7, gig_price_over=50_000, milestone_max_days=45, milestone_min_price=9_000
    )
    assert gig(make_design(*[10_000] * 7, days=45), 70_000, policy=policy) == set()
    assert gig(make_design(*[10_000] * 5, days=45), 50_000, policy=policy) == {(errors.BasicPriceTooLow, "milestones")}
    assert gig(make_design(8_999, 61_001, days=46), 70_000, policy=policy) == {
        (errors.MilestoneTooCheap, "stages-0-part_basic"),
        (errors.MilestoneTooLong, "stages-0-days_basic"),
        (errors.MilestoneTooLong, "stages-1-days_basic"),
    }
