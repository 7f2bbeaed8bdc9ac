"""The clocks: what happens by itself when a deadline passes (R-ORD-2, R-ORD-8, R-ORD-10, R-PAY-2).

Each sweep takes all that is due, the longest due first, one transaction per order; it passes over rows that somebody
else holds, goes on past one that fails, and is safe to run twice or beside others.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q, QuerySet

from marketplace.kernel.errors import DomainError
from marketplace.web.clock import database_now
from orders.actors import CLOCK
from orders.enums import MilestoneState, OrderState
from orders.models import Milestone, Order
from orders.services.door import transition
from payments.enums import MethodState

log = structlog.get_logger(__name__)

BATCH = 200
SECONDS = 60  # what is left when they are over is due at the next sweep
# As `funding.is_retriable`, for the database.
RETRIABLE = Q(charge__method_refused=False, charge__method__state=MethodState.ACTIVE)


def _running() -> QuerySet[Milestone]:
    """Of orders whose clocks run: those of an order on hold stand still (R-ORD-17)."""
    return Milestone.objects.filter(order__held_since=None)


def chargeable() -> QuerySet[Milestone]:
    """Of those, the ones whose seller is still here to do the work, and the buyer to have it (R-PAY-3)."""
    return _running().filter(order__seller__is_active=True, order__buyer__is_active=True)


def lapse_unpaid_orders(*, now: datetime | None = None) -> int:
    """Orders that nobody paid for in time are abandoned. Returns how many."""
    moment = now or database_now()
    due = Order.objects.filter(state=OrderState.PENDING_PAYMENT, held_since=None, unpaid_deadline__lte=moment)
    return each_order(_longest(due, "unpaid_deadline", "pk"), lambda order: _take(order, "lapse_unpaid", now))


def lapse_reviews(*, now: datetime | None = None) -> int:
    """Deliveries that nobody decided on count as accepted; the order completes and nothing more is charged."""
    moment = now or database_now()
    due = _running().filter(state=MilestoneState.DELIVERED, review_deadline__lte=moment)
    return each_order(_longest(due, "review_deadline"), lambda order: _take(order, "lapse_review", now))


def lapse_payments(*, now: datetime | None = None) -> int:
    """Orders whose next charge never succeeded within the grace days end."""
    moment = now or database_now()
    due = Order.objects.filter(state=OrderState.AWAITING_NEXT_PAYMENT, held_since=None, pay_by__lte=moment)

    def lapse(order: Order) -> None:
        accepted = order.milestones.filter(state=MilestoneState.ACCEPTED).exists()
        _take(order, "lapse_payment" if accepted else "lapse_consent", now)

    return each_order(_longest(due, "pay_by", "pk"), lapse)


def flag_late_milestones(*, now: datetime | None = None) -> int:
    """Work past its due date is marked late, once, and both sides are told. Nothing cancels itself."""
    moment = now or database_now()
    due = _running().filter(
        Q(state=MilestoneState.IN_PROGRESS) | Q(state=MilestoneState.IN_REVISION), due_at__lte=moment, late_at=None
    )

    def flag(order: Order) -> None:
        in_revision = order.milestones.filter(state=MilestoneState.IN_REVISION).exists()
        name = "flag_revision_late" if in_revision else "flag_late"
        with transition(order=order, name=name, actor=CLOCK, now=now) as step:
            step.milestone.late_at = step.now

    return each_order(_longest(due, "due_at"), flag)


def retry_payments(*, now: datetime | None = None) -> int:
    """A declined next charge is tried again on the policy's days, with the card on file (R-POL-3)."""
    moment = now or database_now()
    due = chargeable().filter(state=MilestoneState.PAYMENT_FAILED, retry_at__lte=moment)
    due = due.filter(RETRIABLE)  # of the others `remind_payments` asks the buyer
    return each_order(_longest(due, "retry_at"), lambda order: _take(order, "retry_payment", now))


def charge_months(*, now: datetime | None = None) -> int:
    """Months of subscriptions whose date has come are charged, unless a side ended it before (R-OFR-4). Where no card
    can be charged the buyer is asked at once, and then on the days of `remind_payments`.
    """
    moment = now or database_now()
    due = chargeable().filter(state=MilestoneState.SCHEDULED, begins_at__lte=moment)

    def charge(order: Order) -> None:
        with transition(order=order, name="charge_month", actor=CLOCK, now=now) as step:
            if step.order.card is None:
                step.milestone.retry_at = step.now

    return each_order(_longest(due, "begins_at"), charge)


def _longest(due: "QuerySet[Any]", deadline: str, order_id: str = "order_id") -> "QuerySet[Any, int]":
    """The orders of `due`, the longest due first."""
    return due.order_by(deadline, "pk").values_list(order_id, flat=True)


def _take(order: Order, name: str, now: datetime | None) -> None:
    with transition(order=order, name=name, actor=CLOCK, now=now):
        pass


def each_order(order_ids: "QuerySet[Any, int] | Sequence[int]", act: Callable[[Order], None]) -> int:
    """Do `act` to each order under its lock, in a transaction of its own, until none is left or the time is over.

    Ids are read a batch at a time: what another worker has done meanwhile is not looked at again. Orders that somebody
    holds, that refuse or that fail wait for the next sweep.
    """
    until = time.monotonic() + SECONDS
    tried: set[int] = set()
    done = 0
    while batch := [pk for pk in order_ids[: BATCH + len(tried)] if pk not in tried][:BATCH]:
        for order_id in batch:
            if time.monotonic() > until:
                log.warning("sweep_out_of_time", done=done)
                return done
            tried.add(order_id)
            done += _act_on(order_id, act)
    return done


def _act_on(order_id: int, act: Callable[[Order], None]) -> bool:
    try:
        with transaction.atomic():
            order = Order.objects.select_for_update(skip_locked=True).filter(pk=order_id).first()
            if order is not None:
                act(order)
        return order is not None
    except DomainError as refusal:
        # Somebody decided first, or a charge is in flight: the next sweep looks again.
        log.info("sweep_skipped", order=order_id, code=refusal.code)
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # one bad order must not hold up the others
        log.exception("sweep_order_failed", order=order_id)
    return False
