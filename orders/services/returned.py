"""Money that went back to the buyer, or came back from the bank: on record, and told to whom it concerns (R-PAY-7)."""

from datetime import datetime

import structlog
from django.db import transaction
from django.urls import reverse

from notifications.services import notify
from orders.actors import BANK
from orders.enums import UNDER_WAY, Role
from orders.models import Milestone, Order, TimelineEntry
from orders.services.alerting import agents
from orders.services.door import lock_order
from orders.services.holding import place_hold
from orders.services.telling import send
from payments.enums import HoldKind
from payments.selectors import left_of
from payments.signals import RefundNews

RETURNED_WHOLE = (
    "All that was paid for the milestone under way has been refunded, so that accepting it would pay nobody. "
    "Support decides how the order goes on."
)

log = structlog.get_logger(__name__)


@transaction.atomic
def apply_refund(*, news: RefundNews, now: datetime) -> None:
    """Put the end of a refund in the order's timeline and tell the buyer; the seller too, when it is of what they had
    earned. Agents hear of one that failed. Locks the order first.
    """
    found = Order.objects.filter(public_id=news.group).first()
    if found is None:
        log.error("refund_without_order", group=news.group, refund=news.public_id)
        return
    order = lock_order(found.pk)
    milestone = next((m for m in order.milestones.select_related("planned") if m.reference == news.reference), None)
    if milestone is not None:
        milestone.order = order
    _record(order, milestone, news, now)
    about = milestone or order.milestones.select_related("planned").latest("position")
    for side in (Role.BUYER, Role.SELLER) if news.of_earned else (Role.BUYER,):
        _tell(order, about, side, news, now)
    if news.event == "failed":
        _alert(order, "refund_needs_support", news, now)
    elif milestone is not None and _is_unpaid_work(milestone):
        place_hold(
            order=order, kind=HoldKind.SUPPORT, reference=news.public_id, reason=RETURNED_WHOLE, actor=BANK, now=now
        )
        _alert(order, "work_without_money", news, now)


def _is_unpaid_work(milestone: Milestone) -> bool:
    """Everything went back of the milestone under way, by somebody's hand at Stripe: accepting it could pay nobody."""
    return milestone.state in UNDER_WAY and milestone.charge is not None and not left_of(milestone.charge)


def _record(order: Order, milestone: Milestone | None, news: RefundNews, now: datetime) -> None:
    TimelineEntry.objects.create(
        order=order,
        milestone=milestone,
        name="refunded" if news.event == "succeeded" else "refund_failed",
        role=Role.PAYMENTS,
        at=now,
        order_state=order.state,
        milestone_state=milestone.state if milestone else "",
        data={
            "refund": news.public_id,
            "amount": news.amount,
            "sellers": news.seller_part if news.of_earned else 0,
            "surplus": news.surplus,
            "lost": news.lost_instead,
        },
    )


def _tell(order: Order, about: Milestone, side: Role, news: RefundNews, now: datetime) -> None:
    send(
        kind="refund_done" if news.event == "succeeded" else "refund_failed",
        order=order,
        milestone=about,
        following=None,
        to=side,
        key=f"refund:{news.public_id}:{news.event}:{side}",
        now=now,
        extra={
            "amount": {"amount": news.amount, "currency": news.currency},
            "surplus": news.surplus,
            "lost": {"amount": news.lost_instead, "currency": news.currency} if news.lost_instead else None,
            "sellers": {"amount": news.seller_part, "currency": news.currency},
        },
    )


def _alert(order: Order, kind: str, news: RefundNews, now: datetime) -> None:
    for agent in agents():
        notify(
            recipient=agent,
            kind=kind,
            data={
                "order": order.title,
                "number": order.number,
                "amount": {"amount": news.amount, "currency": news.currency},
                "failure": news.failure,
                "surplus": news.surplus,
                "lost": {"amount": news.lost_instead, "currency": news.currency} if news.lost_instead else None,
            },
            url=reverse("admin:orders_order_change", args=[order.pk]),
            dedupe_key=f"{kind}:{news.public_id}",
            now=now,
        )
