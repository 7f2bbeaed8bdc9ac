"""When a step of progress may be shared and acknowledged (R-GIG-6, R-ORD-15): pages and services ask the same.

And how much may be said of a step or a task.
"""

from collections.abc import Sequence

from django.db.models import Field, Model

from marketplace.kernel.errors import DomainError
from orders import errors
from orders.enums import FINAL_ORDER_STATES, MilestoneState, OrderState
from orders.models import Milestone, Order, ProgressStep

AT_WORK = frozenset({MilestoneState.IN_PROGRESS, MilestoneState.IN_REVISION})


def sharing_refusal(
    order: Order, milestone: Milestone, step: ProgressStep, steps: Sequence[ProgressStep]
) -> DomainError | None:
    """Why the seller can't share `step`, one of the milestone's `steps`; None when they can."""
    if order.held_since:
        return errors.OrderOnHold()
    if order.state != OrderState.ACTIVE or milestone.state not in AT_WORK:
        return errors.StepNotAtWork(step=step.name, milestone=milestone.name)
    if step.shared_at:
        return errors.StepShared(step=step.name)
    first = next(each for each in steps if each.shared_at is None)
    return None if first == step else errors.StepOutOfTurn(first=first.name)


def acknowledging_refusal(order: Order, step: ProgressStep) -> DomainError | None:
    """Why the buyer can't say that they have seen `step`; None when they can, also on hold: it decides nothing."""
    if not step.is_stage:
        return errors.StepNeedsNoAnswer(step=step.name)
    if step.shared_at is None:
        return errors.StepNotShared(step=step.name)
    if step.acknowledged_at:
        return errors.StepAcknowledged(step=step.name)
    return errors.OrderIsOver() if order.state in FINAL_ORDER_STATES else None


def check_widths(row: Model, *names: str) -> None:
    """Raises WordsTooLong for a text that is longer than its column means it to be."""
    for name in names:
        field, text = row._meta.get_field(name), str(getattr(row, name))
        limit = field.max_length if isinstance(field, Field) else None
        if limit is not None and len(text) > limit:
            raise errors.WordsTooLong(field=name, limit=limit, length=len(text))
