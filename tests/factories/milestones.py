"""Policies, designs and terms for tests. Amounts are cents."""

from datetime import UTC, datetime

from milestones.designs import PackagePart, StageDesign, WorkflowDesign
from milestones.enums import OrderType, PackageTier, RevisionScope
from milestones.models import MilestonePolicy
from milestones.services.policies import next_version
from milestones.terms import MilestoneTerms, PlanTerms

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def shipped_policy(name: str = "standard") -> MilestonePolicy:
    """Version 1 of a policy that ships, as the migration made it."""
    return MilestonePolicy.objects.get(name=name, version=1)


def put_in_force(name: str, **changes: object) -> MilestonePolicy:
    """Make `name`, with `changes`, the policy that rules everything new."""
    since = datetime(2021, 1, 1, tzinfo=UTC)
    return next_version(policy=shipped_policy(name), changes=changes, effective_from=since)


def put_currency_in_force(currency: str, **changes: object) -> MilestonePolicy:
    """A standard policy for `currency`, with its amounts in that currency's minor units as far as `changes` say so."""
    return put_in_force("standard", currency=currency, **changes)


def make_terms(
    *amounts: int,
    days: int = 5,
    order_type: OrderType = OrderType.MILESTONES,
    scope: RevisionScope = RevisionScope.MILESTONE,
    revisions: int = 2,
) -> PlanTerms:
    """Terms with one milestone per amount; `revisions` stand where `scope` wants them."""
    by_order = scope == RevisionScope.ORDER
    return PlanTerms(
        order_type=order_type,
        currency="USD",
        revision_scope=scope,
        revisions=revisions if by_order else 0,
        milestones=tuple(
            MilestoneTerms(
                name=f"Step {number}",
                description=f"What step {number} delivers.",
                criteria=(f"Step {number} works",),
                days=days,
                amount=amount,
                revisions=0 if by_order else revisions,
            )
            for number, amount in enumerate(amounts, start=1)
        ),
    )


def make_design(
    *parts: int, days: int = 5, tiers: tuple[PackageTier, ...] = (PackageTier.BASIC,), payments: bool = True
) -> WorkflowDesign:
    """A workflow with one stage per part, each in all `tiers` for the same part and days."""
    return WorkflowDesign(
        milestone_payments=payments,
        stages=tuple(
            StageDesign(
                name=f"Step {number}",
                criteria=(f"Step {number} works",),
                packages=tuple(PackagePart(tier=tier, days=days, part=part) for tier in tiers),
            )
            for number, part in enumerate(parts, start=1)
        ),
    )
