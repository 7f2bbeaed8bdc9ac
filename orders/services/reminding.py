"""Reminders before a deadline: each says what silence will do (R-ORD-8, R-PAY-2). Sent once per deadline and step."""

from datetime import datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet

from marketplace.web.clock import database_now
from notifications.selectors import told_already
from orders.enums import MilestoneState, OrderState, Role
from orders.models import Milestone, Order
from orders.services.funding import schedule_retry
from orders.services.lapsing import RETRIABLE, chargeable, each_order
from orders.services.telling import send
from payments.enums import ChargeState


def remind_reviews(*, now: datetime | None = None) -> int:
    """Tell buyers whose review time runs out, at the policy's hours before. After a pause only the nearest is sent.

    Who was told already costs nothing more than being found; the rest are told under the lock of their order.
    """
    moment = now or database_now()
    keys = {milestone: key for milestone in _in_review(moment) if (key := _review_key(milestone, moment))}
    told = told_already(recipients={milestone.order.buyer_id for milestone in keys}, dedupe_keys=keys.values())
    due = [milestone.order_id for milestone, key in keys.items() if key not in told]
    return each_order(due, lambda order: _remind_review(order, moment))


def _in_review(now: datetime) -> QuerySet[Milestone]:
    found = Milestone.objects.filter(order__held_since=None, state=MilestoneState.DELIVERED, review_deadline__gt=now)
    return found.select_related("order__policy").order_by("review_deadline", "pk")


def _review_key(milestone: Milestone, now: datetime) -> str:
    """Names the reminder that is due at `now`; "" when none is yet."""
    hours, deadline = _nearest(milestone, now), milestone.review_deadline
    if hours is None or deadline is None:
        return ""
    return f"review_reminder:{milestone.public_id}:{deadline.isoformat()}:{hours}"


def _remind_review(order: Order, now: datetime) -> None:
    """Read again under the lock: whoever has decided meanwhile is not reminded."""
    for milestone in _with_terms(_in_review(now).filter(order=order)):
        if key := _review_key(milestone, now):
            send(
                kind="review_reminder",
                order=milestone.order,
                milestone=milestone,
                following=_following(milestone),
                to=Role.BUYER,
                key=key,
                now=now,
            )


def remind_months(*, now: datetime | None = None) -> int:
    """Tell buyers which month is charged soon, the policy's days before its date: once for each date (R-OFR-4)."""
    moment = now or database_now()
    keys = {milestone: _month_key(milestone) for milestone in _soon_charged(moment)}
    told = told_already(recipients={milestone.order.buyer_id for milestone in keys}, dedupe_keys=keys.values())
    due = [milestone.order_id for milestone, key in keys.items() if key not in told]
    return each_order(due, lambda order: _remind_month(order, moment))


def _soon_charged(now: datetime) -> QuerySet[Milestone]:
    notice = ExpressionWrapper(F("order__policy__charge_notice_days") * timedelta(days=1), DurationField())
    ahead = Milestone.objects.filter(order__held_since=None, state=MilestoneState.SCHEDULED, begins_at__gt=now)
    found = ahead.alias(told_from=F("begins_at") - notice).filter(told_from__lte=now)
    return found.select_related("order").order_by("begins_at", "pk")


def _month_key(milestone: Milestone) -> str:
    return f"month_ahead:{milestone.public_id}:{milestone.begins_at}"


def _remind_month(order: Order, now: datetime) -> None:
    """Read again under the lock: who has ended it meanwhile is not reminded."""
    for milestone in _with_terms(_soon_charged(now).filter(order=order)):
        card = milestone.order.card
        send(
            kind="month_ahead",
            order=milestone.order,
            milestone=milestone,
            following=None,
            to=Role.BUYER,
            key=_month_key(milestone),
            now=now,
            extra={"card": card.label if card else ""},
        )


def remind_payments(*, now: datetime | None = None) -> int:
    """Tell buyers without whom nothing can be charged, on the policy's retry days: the bank wants them or will never
    take this card, support asked for their consent, or they left the payment page without paying.
    """
    moment = now or database_now()
    due = _wanting_the_buyer(moment).order_by("retry_at", "pk").values_list("order_id", flat=True)
    return each_order(due, lambda order: _remind_payment(order, moment))


def _wanting_the_buyer(now: datetime) -> QuerySet[Milestone]:
    waiting = chargeable().filter(order__state=OrderState.AWAITING_NEXT_PAYMENT)
    return waiting.filter(retry_at__lte=now).filter(
        Q(state=MilestoneState.ACTION_REQUIRED)
        | (Q(state=MilestoneState.PAYMENT_FAILED) & ~RETRIABLE)
        | Q(state=MilestoneState.CHARGING, charge__state=ChargeState.AWAITING_PAYER)
    )


def _remind_payment(order: Order, now: datetime) -> None:
    """Under the order's lock, and read again: of two workers at once the second finds nothing due."""
    for milestone in _with_terms(_wanting_the_buyer(now).filter(order=order)):
        send(
            kind="payment_reminder",
            order=milestone.order,
            milestone=milestone,
            following=None,
            to=Role.BUYER,
            key=f"payment_reminder:{milestone.public_id}:{milestone.retries}",
            now=now,
        )
        schedule_retry(milestone, milestone.order, now)
        milestone.save(update_fields=["retry_at", "retries"])


def _nearest(milestone: Milestone, now: datetime) -> int | None:
    if milestone.review_deadline is None:
        return None
    left = milestone.review_deadline - now
    passed = [h for h in milestone.order.policy.review_reminder_hours if left <= timedelta(hours=h)]
    return min(passed, default=None)


def _with_terms(milestones: QuerySet[Milestone]) -> list[Milestone]:
    return list(
        milestones.select_related("planned", "order__policy", "order__plan", "order__buyer", "order__seller").order_by(
            "pk"
        )
    )


def _following(milestone: Milestone) -> Milestone | None:
    return milestone.order.milestones.filter(state=MilestoneState.PLANNED).select_related("planned").first()
