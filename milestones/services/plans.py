"""From a design to terms, and from terms to a stored, immutable plan."""

from datetime import datetime

from django.db import transaction

from marketplace.kernel.money import Money
from milestones.designs import WorkflowDesign
from milestones.enums import OrderType, PackageTier, RevisionScope
from milestones.models import MilestonePolicy, Plan, PlannedMilestone
from milestones.services.policies import pin_policy
from milestones.terms import MilestoneTerms, PlanTerms


@transaction.atomic
def create_plan(*, terms: PlanTerms, policy: MilestonePolicy, now: datetime) -> Plan:
    """Store `terms` as a version that never changes, and pin `policy` with it (R-POL-1).

    Checks nothing: `milestones.rules` did, when the person was still there to put it right.
    Raises PolicyChanged when the policy was edited since `policy` was read.
    """
    pin_policy(policy=policy, now=now)
    plan = Plan.objects.create(
        policy=policy,
        order_type=terms.order_type,
        currency=terms.currency,
        revision_scope=terms.revision_scope,
        revisions=terms.revisions,
        digest=terms.digest,
        created_at=now,
    )
    PlannedMilestone.objects.bulk_create(
        PlannedMilestone(
            plan=plan,
            position=position,
            name=milestone.name,
            description=milestone.description,
            criteria=list(milestone.criteria),
            days=milestone.days,
            amount=milestone.amount,
            revisions=milestone.revisions,
            video_call=milestone.video_call,
            substeps=list(milestone.substeps),
        )
        for position, milestone in enumerate(terms.milestones, start=1)
    )
    return plan


def terms_for_package(
    *, design: WorkflowDesign, tier: PackageTier, currency: str, revisions: int, policy: MilestonePolicy
) -> PlanTerms:
    """What a buyer of `tier` is shown and pays milestone by milestone (R-GIG-9). Minor units of `currency`.

    `revisions` are the package's; under scope `milestone` each milestone has so many. A package with one milestone
    is one payment.
    """
    per_order, per_milestone = _spread(revisions, policy)
    milestones = tuple(
        MilestoneTerms(
            name=stage.name,
            description=stage.description,
            criteria=stage.criteria,
            days=part.days,
            amount=part.part,
            revisions=per_milestone,
            video_call=stage.video_call,
            substeps=stage.substep_names(tier),
        )
        for stage, part in design.stages_of(tier)
    )
    return PlanTerms(
        order_type=OrderType.MILESTONES if len(milestones) > 1 else OrderType.SINGLE,
        currency=currency,
        milestones=milestones,
        revision_scope=RevisionScope(policy.revision_scope),
        revisions=per_order,
    )


def terms_for_single_payment(
    *,
    name: str,
    description: str,
    price: Money,
    days: int,
    revisions: int,
    policy: MilestonePolicy,
    substeps: tuple[str, ...] = (),
) -> PlanTerms:
    """One payment is a plan with one milestone (R-ORD-1); `substeps` show its progress (R-GIG-6). Minor units, days."""
    per_order, per_milestone = _spread(revisions, policy)
    milestone = MilestoneTerms(
        name=name,
        description=description,
        days=days,
        amount=price.amount,
        revisions=per_milestone,
        substeps=substeps,
    )
    return PlanTerms(
        order_type=OrderType.SINGLE,
        currency=price.currency,
        milestones=(milestone,),
        revision_scope=RevisionScope(policy.revision_scope),
        revisions=per_order,
    )


def _spread(revisions: int, policy: MilestonePolicy) -> tuple[int, int]:
    """The package's revisions as (for the order, for each milestone), by the policy's scope (R-POL-2)."""
    return (revisions, 0) if policy.revision_scope == RevisionScope.ORDER else (0, revisions)
