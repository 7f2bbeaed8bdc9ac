"""An order as papers about its money name it: invoices, credit notes, statements (R-PAY-6)."""

from milestones.enums import OrderType
from orders.enums import MilestoneState
from orders.models import Milestone, Order
from orders.presenters.words import percent
from payments.signals import Stone, Subject

UNTOUCHED = frozenset({MilestoneState.PLANNED, MilestoneState.SCHEDULED, MilestoneState.NOT_STARTED})


def subject_for(group: str) -> Subject | None:
    """What the order behind a group of charges is for, as it stands now; None when no order is behind it."""
    order = Order.objects.select_related("policy").filter(public_id=group).first()
    if order is None:
        return None
    milestones = list(order.milestones.select_related("planned").order_by("position"))
    for milestone in milestones:
        milestone.order = order
    return Subject(
        name=f"Order {order.number}",
        title=order.title,
        stones=tuple(_stone(milestone, len(milestones)) for milestone in milestones),
        fee_words=f"{percent(order.policy.buyer_fee_bp)} of each charge, taken together with it",
        commission_words=f"{percent(order.policy.commission_bp)} of each accepted milestone",
    )


def _stone(milestone: Milestone, count: int) -> Stone:
    state = MilestoneState(milestone.state)
    return Stone(
        reference=milestone.reference,
        name=milestone.name,
        line=_line(milestone, count),
        state=state,
        label="not charged" if state in UNTOUCHED else state.label.lower(),
    )


def _line(milestone: Milestone, count: int) -> str:
    if count == 1:
        return milestone.order.title
    if milestone.order.order_type == OrderType.SUBSCRIPTION:
        return f"Month {milestone.position} of {count}"
    return f"Milestone {milestone.position} of {count}, ‘{milestone.name}’"
