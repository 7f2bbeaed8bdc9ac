"""What an offer costs, brings and takes, charge by charge (R-POL-3). Minor units; fees are rounded once per charge."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kernel.money import Money, basis_points
from milestones.models import MilestonePolicy
from milestones.terms import MilestoneTerms, PlanTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One charge: the seller's price and the buyer's fee with it.

    `ends` counts from the start of the work; `after` names the milestone whose acceptance brings this charge.
    """

    number: int
    terms: MilestoneTerms
    price: Money
    fee: Money
    commission: Money
    ends: timedelta
    after: str

    @property
    def to_pay(self) -> Money:
        return self.price + self.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The whole offer, as both sides see it."""

    payments: tuple[Payment, ...]
    total: Money
    fee: Money
    commission: Money
    days: int

    @property
    def to_pay(self) -> Money:
        return self.total + self.fee

    @property
    def earnings(self) -> Money:
        return self.total - self.commission

    @property
    def first(self) -> Payment | None:
        return self.payments[0] if self.payments else None

    @property
    def later(self) -> tuple[Payment, ...]:
        return self.payments[1:]

    def finished_at(self, start: datetime) -> datetime:
        return start + timedelta(days=self.days)


def price_terms(*, terms: PlanTerms, policy: MilestonePolicy) -> Prices:
    """Every charge that `terms` lead to under `policy`."""
    payments, ends = [], timedelta()
    for number, milestone in enumerate(terms.milestones, start=1):
        ends += timedelta(days=milestone.days)
        payments.append(
            Payment(
                number=number,
                terms=milestone,
                price=Money(milestone.amount, terms.currency),
                fee=Money(basis_points(milestone.amount, policy.buyer_fee_bp), terms.currency),
                commission=Money(basis_points(milestone.amount, policy.commission_bp), terms.currency),
                ends=ends,
                after=terms.milestones[number - 2].name if number > 1 else "",
            )
        )
    return Prices(
        payments=tuple(payments),
        total=terms.total,
        fee=Money(sum(payment.fee.amount for payment in payments), terms.currency),
        commission=Money(sum(payment.commission.amount for payment in payments), terms.currency),
        days=terms.days,
    )
