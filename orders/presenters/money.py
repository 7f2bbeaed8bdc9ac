"""Where the money of an order is, from each side (R-PAY-8), read from the ledger."""

from dataclasses import dataclass

from marketplace.kernel.money import Money
from orders.enums import MilestoneState
from orders.guards import Facts
from orders.models import Milestone
from orders.presenters.words import percent
from orders.selectors import OrderView
from payments.selectors import GroupBalances, group_balances

AHEAD = frozenset(
    {
        MilestoneState.PLANNED,
        MilestoneState.SCHEDULED,
        MilestoneState.CHARGING,
        MilestoneState.PAYMENT_FAILED,
        MilestoneState.ACTION_REQUIRED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """One side's own view. For the buyer sums include the service fee; for the seller they are prices.

    `settled`: spent by the buyer, or earned by the seller after commission, paid out or not. `ahead`: agreed, not
    charged yet. `surplus`: the buyer paid it twice, and it waits to go back. `lost`: the buyer's bank took it back for
    good. What was charged is held, settled, refunded, surplus or lost; for the seller held, settled or commission.
    """

    is_buyer: bool
    charged: Money
    held: Money
    settled: Money
    fee: Money
    refunded: Money
    surplus: Money
    lost: Money
    ahead: Money
    fee_words: str

    @property
    def is_untouched(self) -> bool:
        return not self.charged


def purse_of(view: OrderView) -> Purse:
    balances = group_balances(view.order.public_id)
    return _buyers(view, balances) if view.is_buyer else _sellers(view, balances)


def ahead_of(facts: Facts, *, with_fee: bool) -> Money:
    """What is agreed and not charged yet."""
    total = Money.zero(facts.order.currency)
    for milestone in facts.milestones:
        if _not_charged(milestone):
            total += milestone.to_pay if with_fee else milestone.price
    return total


def _not_charged(milestone: Milestone) -> bool:
    return milestone.state in AHEAD


def _buyers(view: OrderView, b: GroupBalances) -> Purse:
    currency = view.order.currency
    return Purse(
        is_buyer=True,
        charged=Money(b.captured, currency),
        held=Money(b.held + b.fee_held, currency),
        settled=Money(b.sellers + b.platforms, currency),
        fee=Money(b.fee_held + b.fee_accrued + b.fees, currency),
        refunded=Money(b.refunded + b.refunding, currency),
        surplus=Money(b.surplus, currency),
        lost=Money(b.lost, currency),
        ahead=ahead_of(view.facts, with_fee=True),
        fee_words=f"Service fee, {percent(view.order.policy.buyer_fee_bp)} of each charge",
    )


def _sellers(view: OrderView, b: GroupBalances) -> Purse:
    currency = view.order.currency
    return Purse(
        is_buyer=False,
        charged=Money(b.held + b.sellers + b.commission_accrued + b.commission, currency),
        held=Money(b.held, currency),
        settled=Money(b.sellers, currency),
        fee=Money(b.commission_accrued + b.commission, currency),
        refunded=Money.zero(currency),
        surplus=Money.zero(currency),
        lost=Money.zero(currency),
        ahead=ahead_of(view.facts, with_fee=False),
        fee_words=f"Commission, {percent(view.order.policy.commission_bp)} of what is accepted",
    )
