"""More time to review: asked for once per milestone by the buyer, granted or refused by the seller (R-ORD-8)."""

from datetime import datetime, timedelta

from accounts.models import User
from orders import errors
from orders.actors import party
from orders.enums import ExtensionState
from orders.models import Order
from orders.services.door import transition


def ask_more_time(*, order: Order, actor: User, reason: str, now: datetime | None = None) -> None:
    """Ask for the policy's extra review days. The clock runs on until the seller grants them."""
    with transition(order=order, name="ask_more_time", actor=party(order, actor), now=now) as step:
        if not reason.strip():
            raise errors.ReasonNeeded(field="reason")
        step.milestone.extension = ExtensionState.ASKED
        step.milestone.extension_reason = reason.strip()
        step.data["reason"] = reason.strip()


def grant_more_time(*, order: Order, actor: User, now: datetime | None = None) -> None:
    """The deadline moves by the policy's extra review days, each 24 hours."""
    with transition(order=order, name="grant_more_time", actor=party(order, actor), now=now) as step:
        milestone = step.milestone
        if milestone.review_deadline is None:
            raise errors.ExtensionNotAsked
        milestone.extension = ExtensionState.GRANTED
        milestone.review_deadline += timedelta(hours=24 * step.order.policy.extra_review_days)
        step.data["review_deadline"] = milestone.review_deadline.isoformat()


def refuse_more_time(*, order: Order, actor: User, now: datetime | None = None) -> None:
    with transition(order=order, name="refuse_more_time", actor=party(order, actor), now=now) as step:
        step.milestone.extension = ExtensionState.REFUSED
