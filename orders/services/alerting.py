"""Telling support: agents who may cancel hear of every chargeback and before its evidence is due (R-PAY-7), and of
money that is held for too long (R-ORD-18).
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet
from django.urls import reverse

from accounts.models import User
from marketplace.web.clock import database_now
from notifications.services import notify
from orders.models import Milestone, Order
from orders.services.lapsing import each_order
from payments.enums import EvidenceState, RefundState
from payments.models import Dispute, Refund
from payments.selectors import left_of
from payments.signals import DisputeNews
from payments.transitions import OPEN_DISPUTE

REMINDER_HOURS = (72, 24)  # before the bank's deadline


def agents() -> QuerySet[User]:
    """Everyone who may act for support."""
    may_cancel = Permission.objects.filter(codename="cancel", content_type__app_label="orders")
    may = Q(is_superuser=True) | Q(groups__permissions__in=may_cancel) | Q(user_permissions__in=may_cancel)
    return User.objects.filter(may, is_active=True, is_staff=True).distinct()


def alert_agents(*, order: Order, news: DisputeNews, now: datetime) -> None:
    """One notice per agent and turn of a dispute."""
    dispute = Dispute.objects.get(pk=news.dispute_id)
    for agent in agents():
        notify(
            recipient=agent,
            kind="chargeback_news",
            data=_words(order, dispute) | {"event": news.event},
            url=_desk(dispute),
            dedupe_key=f"chargeback:{news.public_id}:{news.event}",
            now=now,
        )


def remind_evidence(*, now: datetime | None = None) -> int:
    """Tell agents of answers to a bank that are not sent and soon due. Returns how many disputes; safe to repeat."""
    moment = now or database_now()
    soon = moment + timedelta(hours=max(REMINDER_HOURS))
    due = Dispute.objects.filter(
        state__in=OPEN_DISPUTE, evidence_state=EvidenceState.DRAFT, evidence_due__gt=moment, evidence_due__lte=soon
    )
    for dispute in due.select_related("charge"):
        if order := Order.objects.filter(public_id=dispute.charge.group).first():
            _remind(dispute, order, moment)
    return len(due)


@transaction.atomic
def _remind(dispute: Dispute, order: Order, now: datetime) -> None:
    """Once per agent, stage of the dispute and step; after a pause only the nearest step."""
    left = dispute.evidence_due - now if dispute.evidence_due else timedelta()
    hours = min(step for step in REMINDER_HOURS if left <= timedelta(hours=step))
    for agent in agents():
        notify(
            recipient=agent,
            kind="evidence_due",
            data=_words(order, dispute),
            url=_desk(dispute),
            dedupe_key=f"evidence_due:{dispute.public_id}:{dispute.state}:{hours}",
            now=now,
        )


def report_long_held(*, now: datetime | None = None) -> int:
    """Tell agents of money that was paid the policy's longest time ago and is still held, once for each milestone.

    Under a policy that pays the seller when the whole order is completed, accepted milestones are held too; in an order
    that is over, what the bank returned of a refund is. A person decides: nothing is refunded, moved or charged by it
    (R-ORD-18). A hold doesn't stop this clock, for the provider's goes on. Returns how many orders have such money;
    safe to repeat.
    """
    moment = now or database_now()
    due = _long_held(moment).order_by("charge__succeeded_at", "pk").values_list("order_id", flat=True)
    return each_order(due, lambda order: _report(order, moment))


def _long_held(now: datetime) -> QuerySet[Milestone]:
    longest = ExpressionWrapper(F("order__policy__max_hold_days") * timedelta(days=1), DurationField())
    paid = Milestone.objects.filter(charge__released_at=None).alias(held_until=F("charge__succeeded_at") + longest)
    came_back = Refund.objects.filter(state=RefundState.FAILED).values("charge")
    return paid.filter(Q(order__ended_at=None) | Q(charge__in=came_back), held_until__lte=now)


def _report(order: Order, now: datetime) -> None:
    """Read again under the lock: what was released or went back meanwhile is not held."""
    for milestone in _long_held(now).filter(order=order).select_related("planned", "charge", "order__policy"):
        charge = milestone.charge
        if charge is None or charge.succeeded_at is None or not (left := left_of(charge)):
            continue
        for agent in agents():
            notify(
                recipient=agent,
                kind="money_held_long",
                data={
                    "order": order.title,
                    "number": order.number,
                    "milestone": milestone.name,
                    "amount": {"amount": left, "currency": charge.currency},
                    "paid_at": charge.succeeded_at.isoformat(),
                    "days": milestone.order.policy.max_hold_days,
                },
                url=reverse("admin:orders_order_change", args=[order.pk]),
                dedupe_key=f"money_held_long:{milestone.public_id}",
                now=now,
            )


def _words(order: Order, dispute: Dispute) -> dict[str, object]:
    return {
        "order": order.title,
        "number": order.number,
        "amount": {"amount": dispute.amount, "currency": dispute.currency},
        "evidence_due": dispute.evidence_due.isoformat() if dispute.evidence_due else None,
    }


def _desk(dispute: Dispute) -> str:
    return reverse("admin:payments_dispute_change", args=[dispute.pk])
