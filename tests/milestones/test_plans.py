"""Plans: terms that are stored once and never change (R-POL-1, R-OFR-5, R-GIG-9)."""

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from marketplace.kernel.money import Money
from milestones.designs import PackagePart, StageDesign, SubstepDesign, WorkflowDesign
from milestones.enums import OrderType, PackageTier, RevisionScope
from milestones.errors import PolicyChanged
from milestones.models import MilestonePolicy, Plan, PlannedMilestone, Workflow
from milestones.selectors import design_of
from milestones.services.plans import create_plan, terms_for_package, terms_for_single_payment
from milestones.services.workflows import save_workflow
from tests.factories.milestones import make_design, make_terms, shipped_policy

pytestmark = pytest.mark.django_db
BASIC, STANDARD = PackageTier.BASIC, PackageTier.STANDARD
DESIGN = WorkflowDesign(
    stages=(
        StageDesign(
            name="Frames",
            description="Two painted frames.",
            criteria=("At final resolution",),
            video_call=True,
            packages=(PackagePart(tier=BASIC, days=2, part=6_000), PackagePart(tier=STANDARD, days=3, part=12_000)),
            substeps=(SubstepDesign(name="Call"), SubstepDesign(name="Second look", tiers=(STANDARD,))),
        ),
        StageDesign(name="Animatic", packages=(PackagePart(tier=STANDARD, days=4, part=16_000),)),
        StageDesign(
            name="Render",
            packages=(PackagePart(tier=BASIC, days=3, part=9_000), PackagePart(tier=STANDARD, days=4, part=18_000)),
        ),
    )
)


def test_a_plan_gives_its_terms_back_to_the_letter(now: datetime) -> None:
    terms = make_terms(6_000, 8_000, 10_000)
    plan = Plan.objects.get(pk=create_plan(terms=terms, policy=shipped_policy(), now=now).pk)
    assert plan.terms == terms
    assert plan.digest == plan.terms.digest == terms.digest
    assert plan.total == Money(24_000, "USD")


def test_r_pol_1_a_plan_pins_its_policy(now: datetime) -> None:
    create_plan(terms=make_terms(12_000, 12_000), policy=shipped_policy(), now=now)
    assert shipped_policy().pinned_at == now


def test_r_pol_1_a_plan_is_not_made_under_limits_that_changed(now: datetime) -> None:
    policy = shipped_policy()
    MilestonePolicy.objects.filter(pk=policy.pk).update(buyer_fee_bp=700)
    with pytest.raises(PolicyChanged):
        create_plan(terms=make_terms(12_000, 12_000), policy=policy, now=now)
    assert not Plan.objects.exists()


@pytest.mark.parametrize("model", [Plan, PlannedMilestone])
def test_r_ofr_5_the_database_keeps_a_plan_as_it_is(model: type[Plan | PlannedMilestone], now: datetime) -> None:
    create_plan(terms=make_terms(12_000, 12_000), policy=shipped_policy(), now=now)
    change = {"currency": "EUR"} if model is Plan else {"amount": 1}
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete(using="default")


def test_r_ofr_5_any_difference_changes_the_digest() -> None:
    terms = make_terms(12_000, 12_000)
    assert terms.digest == make_terms(12_000, 12_000).digest
    assert len({terms.digest, make_terms(12_000, 12_001).digest, make_terms(12_000, 12_000, revisions=1).digest}) == 3


def test_r_gig_9_a_package_gets_the_milestones_it_is_in() -> None:
    terms = terms_for_package(design=DESIGN, tier=BASIC, currency="USD", revisions=2, policy=shipped_policy())
    assert [(step.name, step.days, step.amount) for step in terms.milestones] == [
        ("Frames", 2, 6_000),
        ("Render", 3, 9_000),
    ]
    assert terms.order_type == OrderType.MILESTONES
    first = terms.milestones[0]
    assert (first.description, first.criteria, first.video_call) == (
        "Two painted frames.",
        ("At final resolution",),
        True,
    )
    assert first.substeps == ("Call",)
    standard = terms_for_package(design=DESIGN, tier=STANDARD, currency="USD", revisions=2, policy=shipped_policy())
    assert standard.milestones[0].substeps == ("Call", "Second look")
    assert (standard.total, standard.days) == (Money(46_000, "USD"), 11)


@pytest.mark.parametrize(("name", "order", "each"), [("standard", 0, 3), ("classic", 3, 0)])
def test_r_pol_3_a_packages_revisions_follow_the_scope(name: str, order: int, each: int) -> None:
    policy = shipped_policy(name)
    terms = terms_for_package(design=DESIGN, tier=STANDARD, currency="USD", revisions=3, policy=policy)
    assert (terms.revisions, {step.revisions for step in terms.milestones}) == (order, {each})
    assert terms.revision_scope == RevisionScope(policy.revision_scope)


def test_r_ord_1_a_package_with_one_milestone_is_one_payment() -> None:
    design = WorkflowDesign(stages=DESIGN.stages[1:2])
    terms = terms_for_package(design=design, tier=STANDARD, currency="USD", revisions=1, policy=shipped_policy())
    assert terms.order_type == OrderType.SINGLE


def test_r_gig_6_a_single_payment_shows_stages_as_substeps() -> None:
    terms = terms_for_single_payment(
        name="The film",
        description="Thirty seconds.",
        price=Money(46_000, "USD"),
        days=20,
        revisions=2,
        policy=shipped_policy("classic"),
        substeps=("Frames", "Render"),
    )
    assert terms.order_type == OrderType.SINGLE
    assert (terms.revisions, len(terms.milestones)) == (2, 1)
    only = terms.milestones[0]
    assert (only.amount, only.days, only.revisions, only.substeps) == (46_000, 20, 0, ("Frames", "Render"))


def test_a_workflow_gives_its_design_back() -> None:
    stored = save_workflow(workflow=None, design=DESIGN)
    assert design_of(Workflow.objects.get(pk=stored.pk)) == DESIGN


def test_a_workflow_is_replaced_whole_and_plans_stay(now: datetime) -> None:
    stored = save_workflow(workflow=None, design=DESIGN)
    terms = terms_for_package(design=DESIGN, tier=BASIC, currency="USD", revisions=2, policy=shipped_policy())
    plan = create_plan(terms=terms, policy=shipped_policy(), now=now)
    other = make_design(1_000, 2_000, payments=False)
    save_workflow(workflow=stored, design=other)
    assert design_of(Workflow.objects.get(pk=stored.pk)) == other
    assert Plan.objects.get(pk=plan.pk).terms == terms
