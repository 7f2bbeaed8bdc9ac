"""Templates fit any price, and are the same again when they come back (R-GIG-4, R-GIG-5, R-GIG-8)."""

import json

import pytest

from marketplace.kernel.money import Money
from milestones.designs import (
    PackagePart,
    StageDesign,
    SubstepDesign,
    TemplateDesign,
    TemplatePart,
    TemplateStage,
    WorkflowDesign,
)
from milestones.enums import PackageTier
from milestones.fitting import (
    DaysToFit,
    milestones_from_template,
    template_of_milestones,
    template_of_workflow,
    workflow_from_template,
)
from milestones.terms import MilestoneTerms
from tests.factories.milestones import make_design, make_terms

BASIC, STANDARD, PREMIUM = PackageTier
WORKFLOW = WorkflowDesign(
    stages=(
        StageDesign(
            name="Sketch",
            description="Three sketches",
            criteria=("Three of them", "In colour"),
            video_call=True,
            packages=(PackagePart(tier=BASIC, days=2, part=5_000), PackagePart(tier=PREMIUM, days=4, part=10_000)),
            substeps=(SubstepDesign(name="Mood board", tiers=(PREMIUM,)), SubstepDesign(name="Ink")),
        ),
        StageDesign(
            name="Model",
            packages=(PackagePart(tier=BASIC, days=5, part=15_000), PackagePart(tier=PREMIUM, days=9, part=20_000)),
        ),
        StageDesign(name="Film", packages=(PackagePart(tier=PREMIUM, days=7, part=10_000),)),
    )
)


def parts(design: WorkflowDesign, tier: PackageTier) -> list[tuple[str, int, int]]:
    return [(stage.name, part.days, part.part) for stage, part in design.stages_of(tier)]


def test_r_gig_8_a_template_has_shares_in_place_of_prices() -> None:
    template = template_of_workflow(WORKFLOW)
    assert [(stage.name, stage.days, stage.share) for stage in template.stages] == [
        ("Sketch", 4, 2_500),
        ("Model", 9, 5_000),
        ("Film", 7, 2_500),
    ]
    assert template.stages[0].packages == (
        TemplatePart(tier=BASIC, days=2, share=2_500),
        TemplatePart(tier=PREMIUM, days=4, share=2_500),
    )
    assert template.tiers == (BASIC, PREMIUM)
    assert template.days == 20


def test_r_gig_8_the_same_prices_give_the_same_workflow_back() -> None:
    prices = {BASIC: Money(20_000, "USD"), PREMIUM: Money(40_000, "USD")}
    assert workflow_from_template(template_of_workflow(WORKFLOW), prices) == WORKFLOW


@pytest.mark.parametrize("price", [10_001, 10_003, 99_999, 1])
def test_r_gig_5_parts_add_up_to_any_price(price: int) -> None:
    template = template_of_workflow(make_design(3_333, 3_333, 3_334, tiers=(BASIC, STANDARD, PREMIUM)))
    fitted = workflow_from_template(template, {tier: Money(price, "USD") for tier in PackageTier})
    assert [fitted.assigned(tier) for tier in PackageTier] == [price, price, price]


@pytest.mark.parametrize(
    ("total", "days"),
    [
        (45, [9, 20, 16]),
        (20, [4, 9, 7]),
        (10, [2, 5, 3]),
        (3, [1, 1, 1]),
        (2, [1, 1, 1]),  # no milestone takes less than a day
        (75, [17, 30, 28]),  # nor more than thirty; what the second can't take goes to the others
        (90, [30, 30, 30]),
        (91, [30, 30, 30]),
        (0, [4, 9, 7]),  # Pricing has not said it yet
    ],
)
def test_r_gig_4_days_add_up_to_the_delivery_days_of_the_package(total: int, days: list[int]) -> None:
    prices = {PREMIUM: Money(40_000, "USD")}
    fitted = workflow_from_template(template_of_workflow(WORKFLOW), prices, DaysToFit({PREMIUM: total}, 30))
    assert [part.days for _, part in fitted.stages_of(PREMIUM)] == days


def test_r_gig_4_each_package_has_its_own_days() -> None:
    prices = dict.fromkeys(PackageTier, Money(40_000, "USD"))
    days = DaysToFit({BASIC: 14, STANDARD: 30, PREMIUM: 40}, 30)
    fitted = workflow_from_template(template_of_workflow(WORKFLOW), prices, days)
    taken = {tier: [part.days for _, part in fitted.stages_of(tier)] for tier in PackageTier}
    assert taken == {BASIC: [4, 10], STANDARD: [6, 14, 10], PREMIUM: [8, 18, 14]}
    unsaid = workflow_from_template(TemplateDesign(stages=(TemplateStage(name="A"),)), prices, days)
    assert [part.days for _, part in unsaid.stages_of(BASIC)] == [0]


def test_r_gig_4_a_gig_with_fewer_packages_takes_what_is_for_them() -> None:
    fitted = workflow_from_template(template_of_workflow(WORKFLOW), {BASIC: Money(10_001, "USD")})
    assert parts(fitted, BASIC) == [("Sketch", 2, 2_500), ("Model", 5, 7_501)]
    assert [stage.name for stage in fitted.stages] == ["Sketch", "Model"]  # the film is in Premium alone
    assert fitted.stages[0].substeps == (SubstepDesign(name="Ink"),)


def test_r_gig_4_a_package_that_the_template_does_not_know_takes_every_stage() -> None:
    fitted = workflow_from_template(template_of_workflow(WORKFLOW), {STANDARD: Money(20_000, "USD")})
    assert parts(fitted, STANDARD) == [("Sketch", 4, 5_000), ("Model", 9, 10_000), ("Film", 7, 5_000)]


def test_r_gig_4_without_prices_every_stage_is_there_and_in_no_package() -> None:
    fitted = workflow_from_template(template_of_workflow(WORKFLOW), {})
    assert [(stage.name, stage.packages) for stage in fitted.stages] == [("Sketch", ()), ("Model", ()), ("Film", ())]
    assert fitted.stages[0].substeps == WORKFLOW.stages[0].substeps


def test_r_gig_8_a_draft_without_parts_makes_a_template_without_shares() -> None:
    template = template_of_workflow(make_design(0, 0))
    assert [stage.share for stage in template.stages] == [0, 0]
    fitted = workflow_from_template(template, {BASIC: Money(20_000, "USD")})
    assert parts(fitted, BASIC) == [("Step 1", 5, 0), ("Step 2", 5, 0)]
    assert template_of_workflow(WorkflowDesign(stages=(StageDesign(name="Nowhere"),))).stages[0].share == 0


def test_r_gig_6_whether_milestones_are_paid_is_kept() -> None:
    unpaid = template_of_workflow(make_design(1, 1, payments=False))
    assert workflow_from_template(unpaid, {}).milestone_payments is False


def test_r_gig_8_a_substep_in_every_package_that_is_left_is_in_all() -> None:
    stage = TemplateStage(name="A", substeps=(SubstepDesign(name="S", tiers=(BASIC, STANDARD)),), days=1, share=1)
    prices = {BASIC: Money(100, "USD"), STANDARD: Money(100, "USD")}
    fitted = workflow_from_template(TemplateDesign(stages=(stage,)), prices)
    assert fitted.stages[0].substeps == (SubstepDesign(name="S"),)
    with_premium = workflow_from_template(TemplateDesign(stages=(stage,)), {**prices, PREMIUM: Money(1, "USD")})
    assert with_premium.stages[0].substeps == stage.substeps


def test_r_ofr_2_an_offer_and_a_template_are_made_of_each_other() -> None:
    terms = make_terms(10_000, 20_000, 10_000, revisions=2)
    template = template_of_milestones(terms.milestones)
    assert [stage.share for stage in template.stages] == [2_500, 5_000, 2_500]
    assert template.tiers == ()
    assert milestones_from_template(template, terms.total, revisions=2) == terms.milestones
    odd = milestones_from_template(template, Money(10_001, "USD"))
    assert [milestone.amount for milestone in odd] == [2_500, 5_001, 2_500]
    unpriced = milestones_from_template(template, Money.zero("USD"))
    assert [(milestone.amount, milestone.revisions) for milestone in unpriced] == [(0, 0), (0, 0), (0, 0)]


def test_r_gig_4_an_offer_takes_what_the_dearest_package_has_and_every_substep() -> None:
    first = milestones_from_template(template_of_workflow(WORKFLOW), Money(10_000, "USD"))[0]
    assert first == MilestoneTerms(
        name="Sketch",
        description="Three sketches",
        criteria=("Three of them", "In colour"),
        days=4,
        amount=2_500,
        video_call=True,
        substeps=("Mood board", "Ink"),
    )


def test_r_gig_8_a_template_survives_being_stored() -> None:
    template = template_of_workflow(WORKFLOW)
    stored = json.loads(json.dumps(template.to_json()))
    assert TemplateDesign.from_json(stored) == template
    assert stored["schema"] == 1


@pytest.mark.parametrize(
    "stored",
    [
        {},
        [],
        "text",
        {"schema": 2, "stages": [], "milestone_payments": True},
        {"schema": 1, "stages": []},
        {"schema": 1, "stages": [{"name": "A"}], "milestone_payments": True},
        {"schema": 1, "stages": 5, "milestone_payments": True},
    ],
)
def test_r_gig_8_what_is_no_template_is_refused(stored: object) -> None:
    with pytest.raises(ValueError, match="template"):
        TemplateDesign.from_json(stored)  # type: ignore[arg-type]
