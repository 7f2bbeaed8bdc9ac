"""The clocks: what happens by itself when a deadline passes (R-ORD-2, R-ORD-8, R-ORD-10, R-PAY-2).

Each sweep takes what is due, one transaction per order, skips rows that somebody else holds, and is safe to run twice.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q

from marketplace.kernel.errors import DomainError
from marketplace.web.clock import database_now
from orders.actors import CLOCK
from orders.enums import MilestoneState, OrderState
from orders.models import Milestone, Order
from orders.services.door import transition
from payments.enums import MethodState

log = structlog.get_logger(__name__)

BATCH = 200
# As `funding.is_retriable`, for the database.
RETRIABLE = Q(charge__method_refused=False, charge__method__state=MethodState.ACTIVE)


def lapse_unpaid_orders(*, now: datetime | None = None) -> int:
    """Orders that nobody paid for in time are abandoned. Returns how many."""
    moment = now or database_now()
    due = Order.objects.filter(state=OrderState.PENDING_PAYMENT, unpaid_deadline__lte=moment)
    return each_order(due.values_list("pk", flat=True), lambda order: _take(order, "lapse_unpaid", now))


def lapse_reviews(*, now: datetime | None = None) -> int:
    """Deliveries that nobody decided on count as accepted; the order completes and nothing more is charged."""
    moment = now or database_now()
    due = Milestone.objects.filter(state=MilestoneState.DELIVERED, review_deadline__lte=moment)
    return each_order(due.values_list("order_id", flat=True), lambda order: _take(order, "lapse_review", now))


def lapse_payments(*, now: datetime | None = None) -> int:
    """Orders whose next charge never succeeded within the grace days end."""
    moment = now or database_now()
    due = Order.objects.filter(state=OrderState.AWAITING_NEXT_PAYMENT, pay_by__lte=moment)

    def lapse(order: Order) -> None:
        accepted = order.milestones.filter(state=MilestoneState.ACCEPTED).exists()
        _take(order, "lapse_payment" if accepted else "lapse_consent", now)

    return each_order(due.values_list("pk", flat=True), lapse)


def flag_late_milestones(*, now: datetime | None = None) -> int:
    """Work past its due date is marked late, once, and both sides are told. Nothing cancels itself."""
    moment = now or database_now()
    due = Milestone.objects.filter(
        Q(state=MilestoneState.IN_PROGRESS) | Q(state=MilestoneState.IN_REVISION), due_at__lte=moment, late_at=None
    )

    def flag(order: Order) -> None:
        in_revision = order.milestones.filter(state=MilestoneState.IN_REVISION).exists()
        name = "flag_revision_late" if in_revision else "flag_late"
        with transition(order=order, name=name, actor=CLOCK, now=now) as step:
            step.milestone.late_at = step.now

    return each_order(due.values_list("order_id", flat=True), flag)


def retry_payments(*, now: datetime | None = None) -> int:
    """A declined next charge is tried again on the policy's days, with the card on file (R-POL-3)."""
    moment = now or database_now()
    due = Milestone.objects.filter(state=MilestoneState.PAYMENT_FAILED, retry_at__lte=moment)
    due = due.filter(RETRIABLE)  # of the others `remind_payments` asks the buyer
    return each_order(due.values_list("order_id", flat=True), lambda order: _take(order, "retry_payment", now))


def _take(order: Order, name: str, now: datetime | None) -> None:
    with transition(order=order, name=name, actor=CLOCK, now=now):
        pass


def each_order(order_ids: Iterable[int], act: Callable[[Order], None]) -> int:
    """Do `act` to each order under its lock, in a transaction of its own; those that somebody else holds wait."""
    done = 0
    for order_id in list(order_ids)[:BATCH]:
        try:
            with transaction.atomic():
                order = Order.objects.select_for_update(skip_locked=True).filter(pk=order_id).first()
                if order is not None:
                    act(order)
                    done += 1
        except DomainError as refusal:
            # Somebody decided first, or a charge is in flight: the next sweep looks again.
            log.info("sweep_skipped", order=order_id, code=refusal.code)
    return done
