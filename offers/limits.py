"""The policy's limits for an offer in words, each with whether these terms keep it: shown before anyone hits one.

For reading only; `milestones.rules` decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gigs.models import Gig
from marketplace.kernel.money import Money
from milestones.enums import OrderType
from milestones.models import MilestonePolicy
from milestones.rules import longest_month
from milestones.terms import MilestoneTerms, PlanTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    words: str
    is_met: bool


def basis_of(gig: Gig | None) -> Limit:
    """An offer of a seller is based on one of their active gigs, which are all that can be chosen (R-OFR-2)."""
    return Limit(words="Based on one of your active gigs", is_met=gig is not None)


def limits_of(*, terms: PlanTerms, policy: MilestonePolicy) -> list[Limit]:
    """What an offer of this type must keep, under `policy`."""
    match terms.order_type:
        case OrderType.SINGLE:
            return list(_single(terms, policy))
        case OrderType.SUBSCRIPTION:
            return list(_subscription(terms, policy))
        case OrderType.MILESTONES:
            return list(_milestones(terms, policy))


def _single(terms: PlanTerms, policy: MilestonePolicy) -> Iterator[Limit]:
    yield _least_price("Costs", terms.milestones, policy)
    yield _most_days("Takes", terms.milestones, policy.max_hold_days)


def _milestones(terms: PlanTerms, policy: MilestonePolicy) -> Iterator[Limit]:
    least, most, count = policy.offer_min_milestones, policy.offer_max_milestones, len(terms.milestones)
    yield Limit(words=f"{least} to {most} milestones", is_met=least <= count <= most)
    over = Money(policy.offer_total_over, policy.currency)
    yield Limit(words=f"More than {over} in all", is_met=terms.total.amount > over.amount)
    yield _least_price("Each costs", terms.milestones, policy)
    yield _most_days("Each takes", terms.milestones, policy.milestone_max_days)


def _subscription(terms: PlanTerms, policy: MilestonePolicy) -> Iterator[Limit]:
    least, most, count = policy.subscription_min_months, policy.subscription_max_months, len(terms.milestones)
    yield Limit(words=f"{least} to {most} months", is_met=least <= count <= most)
    yield _least_price("A month costs", terms.milestones[:1], policy)
    yield _most_days("Its work takes", terms.milestones[:1], longest_month(policy))


def _least_price(subject: str, milestones: tuple[MilestoneTerms, ...], policy: MilestonePolicy) -> Limit:
    least = policy.milestone_min_price
    return Limit(
        words=f"{subject} at least {Money(least, policy.currency)}",
        is_met=bool(milestones) and all(milestone.amount >= least for milestone in milestones),
    )


def _most_days(subject: str, milestones: tuple[MilestoneTerms, ...], most: int) -> Limit:
    return Limit(
        words=f"{subject} 1 to {most} days",
        is_met=bool(milestones) and all(1 <= milestone.days <= most for milestone in milestones),
    )
