"""A milestone begins: its due date counts from here, in days of 24 hours (R-ORD-2)."""

from datetime import timedelta

from orders.services.dates import set_dates
from orders.services.step import Step


def begin_milestone(step: Step) -> None:
    milestone, order = step.milestone, step.order
    if milestone.begins_at is None:
        set_dates(step.facts, position=milestone.position, at=order.clock(step.now))
    milestone.started_at = step.now
    milestone.due_at = order.clock(step.now) + timedelta(hours=24 * milestone.planned.days)
    milestone.retry_at = None
    order.pay_by = None
    order.began_at = order.began_at or step.now
    step.data["due_at"] = milestone.due_at.isoformat()
