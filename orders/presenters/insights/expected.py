"""What running milestones will earn, and when at the earliest by their dates: the part of the chart that lies ahead."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from accounts.models import User
from marketplace.kernel.money import basis_points
from milestones.enums import PayoutRelease
from orders.enums import MilestoneState, OrderState
from orders.models import Milestone
from orders.selectors import OrderView
from payments.earnings import transfers_of
from payments.presenters.bars import Chart, draw_chart

M = MilestoneState
WEEKS_BEHIND, WEEKS_AHEAD = 12, 6


def earnings_chart(user: User, views: Iterable[OrderView], *, now: datetime) -> Chart | None:
    """The last twelve weeks and what is expected in the next six, in the currency that the seller's prices are in."""
    currency = user.seller.currency
    since = now - timedelta(weeks=WEEKS_BEHIND, days=-1)
    recent = transfers_of(user).filter(currency=currency).exclude(succeeded_at__lte=since)
    ahead = [
        (at, amount) for at, amount in expected_of(views, currency, now=now) if at < now + timedelta(weeks=WEEKS_AHEAD)
    ]
    return draw_chart(recent, currency, now=now, expected=ahead)


def expected_of(views: Iterable[OrderView], currency: str, *, now: datetime) -> Iterator[tuple[datetime, int]]:
    """When the seller's part of each paid milestone under way clears if nobody hurries, in minor units.

    Work that is late counts as delivered now. Nothing is expected of an order on hold, nor of one that is paid out
    only when it is completed while milestones are left (R-POL-3).
    """
    for view in views:
        order, current = view.order, view.current
        if current is None or order.currency != currency or order.held_since:
            continue
        waits_for_the_end = order.policy.payout_release == PayoutRelease.ORDER and view.following is not None
        accepted = None if waits_for_the_end else _accepted_at(view, current, now)
        if accepted is not None:
            amount = current.planned.amount
            yield (
                accepted + timedelta(days=order.policy.clearance_days),
                amount - basis_points(amount, order.policy.commission_bp),
            )


def _accepted_at(view: OrderView, current: Milestone, now: datetime) -> datetime | None:
    """At the end of the review time."""
    if current.state == M.DELIVERED:
        return current.review_deadline
    at_work = current.state in (M.IN_PROGRESS, M.IN_REVISION) and view.order.state == OrderState.ACTIVE
    if not at_work or current.due_at is None:
        return None
    return max(current.due_at, now) + timedelta(days=view.order.policy.review_days)
