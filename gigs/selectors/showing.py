"""A package as the public page shows it: what, when, for how much, before anyone orders (R-GIG-9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gigs.models import Gig, Package
from gigs.selectors.terms import package_of, plan_terms
from marketplace.kernel.money import Money, basis_points
from milestones.enums import OrderType
from milestones.models import MilestonePolicy
from milestones.terms import MilestoneTerms, PlanTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One charge of the plan. `due` assumes that the order is placed now and that each delivery is decided at once."""

    terms: MilestoneTerms
    price: Money
    fee: Money
    due: datetime

    @property
    def charge(self) -> Money:
        return self.price + self.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    package: Package
    terms: PlanTerms
    steps: tuple[PlannedStep, ...]
    fee_points: int

    @property
    def by_milestones(self) -> bool:
        return self.terms.order_type == OrderType.MILESTONES

    @property
    def today(self) -> PlannedStep:
        """What is paid when the order is placed."""
        return self.steps[0]

    @property
    def later(self) -> Money:
        """What is charged only as the buyer accepts, fees included."""
        return self.total_with_fee - self.today.charge

    @property
    def total_with_fee(self) -> Money:
        """The fee is taken with each charge, so it is rounded with each (R-POL-3)."""
        whole = Money.zero(self.terms.currency)
        for step in self.steps:
            whole += step.charge
        return whole

    @property
    def revisions(self) -> int:
        return self.terms.revisions or self.today.terms.revisions


def show_package(gig: Gig, tier: str, *, policy: MilestonePolicy, now: datetime) -> PackageView:
    """Raises PackageUnknown."""
    terms = plan_terms(gig, tier, policy=policy)
    steps, due = [], now
    for milestone in terms.milestones:
        due += timedelta(days=milestone.days)
        fee = basis_points(milestone.amount, policy.buyer_fee_bp)
        price = Money(milestone.amount, terms.currency)
        steps.append(PlannedStep(terms=milestone, price=price, fee=Money(fee, terms.currency), due=due))
    package = package_of(gig, tier)
    return PackageView(package=package, terms=terms, steps=tuple(steps), fee_points=policy.buyer_fee_bp)
