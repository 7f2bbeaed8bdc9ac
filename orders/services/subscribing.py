"""Either side ends a subscription before its next month, and the buyer accepts one ahead of the date (R-OFR-4)."""

from datetime import datetime

from accounts.models import User
from orders import errors
from orders.actors import party
from orders.models import Order
from orders.services.door import transition


def accept_month(*, order: Order, actor: User, now: datetime | None = None) -> None:
    """Accept a month before the date of the next, which is charged on it. Raises NextMonthDue once it has come."""
    with transition(order=order, name="accept_month", actor=party(order, actor), now=now) as step:
        if step.following is None or step.following.begins_at is None:
            raise errors.LastMilestone
        step.data |= {"next": step.following.name, "date": step.following.begins_at.isoformat()}


def accept_and_end(*, order: Order, actor: User, reason: str = "", now: datetime | None = None) -> None:
    """Accept the month under way as the last: nothing more begins, nothing more is charged."""
    with transition(order=order, name="accept_and_end", actor=party(order, actor), now=now) as step:
        step.data["reason"] = reason.strip()


def end_subscription(*, order: Order, actor: User, name: str, reason: str = "", now: datetime | None = None) -> None:
    """End it before the next month, as either side: at once between two months or before a month is paid, else after
    the one that is under way. `name` is the row for where it stands, as the side saw it.

    Raises PaymentUnderWay while the next charge is in flight.
    """
    with transition(order=order, name=name, actor=party(order, actor), now=now) as step:
        if step.following and step.row.drops_rest:
            step.data["next"] = step.following.name
        step.data["reason"] = reason.strip()
