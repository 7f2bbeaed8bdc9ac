"""Telling support: agents who may cancel hear of every chargeback, and before its evidence is due (R-PAY-7)."""

from datetime import datetime

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from notifications.services import notify
from orders.models import Order
from payments.models import Dispute
from payments.signals import DisputeNews


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


def remind_agents(*, dispute: Dispute, order: Order, hours: int, now: datetime) -> None:
    """Our side is not sent, and `hours` or less are left; once per agent and step."""
    for agent in agents():
        notify(
            recipient=agent,
            kind="evidence_due",
            data=_words(order, dispute) | {"hours": hours},
            url=_desk(dispute),
            dedupe_key=f"evidence_due:{dispute.public_id}:{dispute.state}:{hours}",
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
