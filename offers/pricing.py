"""What an offer costs, brings and takes, charge by charge (R-POL-3). Minor units; fees are rounded once per charge."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kernel.money import Money, basis_points
from marketplace.kernel.months import months_after
from milestones.enums import OrderType
from milestones.models import MilestonePolicy
from milestones.terms import MilestoneTerms, PlanTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One charge: the seller's price and the buyer's fee with it.

    `ends` counts from the start of the work; `after` names the milestone whose acceptance brings this charge. `months`:
    of a subscription, how long after the first one it is charged (R-OFR-4).
    """

    number: int
    terms: MilestoneTerms
    price: Money
    fee: Money
    commission: Money
    ends: timedelta
    after: str
    months: int | None = None

    def charged_at(self, start: datetime) -> datetime | None:
        """The date of a month, if the first begins at `start`; None where acceptance brings the charge."""
        return None if self.months is None else months_after(start, self.months)

    def due_at(self, start: datetime) -> datetime:
        """When it would be done, if the work began at `start` and each before it were accepted at once."""
        begun = self.charged_at(start)
        return start + self.ends if begun is None else begun + timedelta(days=self.terms.days)

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
    is_monthly: bool = False

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
        return self.payments[-1].due_at(start) if self.payments else start


def price_terms(*, terms: PlanTerms, policy: MilestonePolicy) -> Prices:
    """Every charge that `terms` lead to under `policy`."""
    payments, ends = [], timedelta()
    is_monthly = terms.order_type == OrderType.SUBSCRIPTION
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
                months=number - 1 if is_monthly else None,
            )
        )
    return Prices(
        payments=tuple(payments),
        total=terms.total,
        fee=Money(sum(payment.fee.amount for payment in payments), terms.currency),
        commission=Money(sum(payment.commission.amount for payment in payments), terms.currency),
        days=terms.days,
        is_monthly=is_monthly,
    )
