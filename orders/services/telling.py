"""Writes the notices that a transition names: one row per person, in the transition's own transaction (R-NOT)."""

from datetime import datetime
from functools import partial

from django.urls import reverse

from notifications.services import notify, notify_seller
from orders.enums import Role
from orders.models import Milestone, Order, TimelineEntry
from orders.rows import MoneyEffect
from orders.services.step import Step

BUYERS_OWN = ("message", "code", "method", "back")  # the buyer's card and what the bank said are not for the seller


def tell(step: Step, entry: TimelineEntry) -> None:
    from_offer, refunds = step.order.offer_id is not None, MoneyEffect.REFUND in step.row.money
    said: dict[str, object] = {key: value for key, value in step.data.items() if isinstance(value, str | int)}
    for key in ("back", "sellers"):
        if isinstance(amount := said.get(key), int):
            said[key] = _money(amount, step.order)
    for kind, role, offers_only, once in step.row.notices:
        if offers_only and not from_offer:
            continue
        own = {k: v for k, v in said.items() if role == Role.BUYER or k not in BUYERS_OWN}
        send(
            kind=kind,
            order=step.order,
            milestone=step.milestone,
            following=step.following,
            to=role,
            key=f"{kind}:{step.milestone.public_id if once else entry.pk}:{role}",
            now=step.now,
            extra={**own, "refunds": refunds, "from_offer": from_offer, "did": str(step.actor.role)},
        )


def send(
    *, kind: str, order: Order, milestone: Milestone, following: Milestone | None, to: Role, key: str, now: datetime,
    extra: dict[str, object] | None = None,
) -> None:  # fmt: skip
    """One notice about `milestone` to one side, once per `key`. The other side's name is `other`."""
    other = order.seller if to == Role.BUYER else order.buyer
    tell_side = (
        partial(notify, recipient=order.buyer)
        if to == Role.BUYER
        else partial(notify_seller, seller=order.seller, apart=order.buyer)
    )
    tell_side(
        kind=kind,
        data={
            **(extra or {}),
            "role": str(to),
            "order": order.title,
            "number": order.number,
            "other": other.first_name,
            "milestone": milestone.name,
            "position": milestone.position,
            "count": order.plan.milestones.count(),
            "rail": list(order.milestones.order_by("position").values_list("state", flat=True)),
            "price": _money(milestone.price.amount, order),
            "to_pay": _money(milestone.to_pay.amount, order),
            "next": following.name if following else "",
            "next_to_pay": _money(following.to_pay.amount, order) if following else None,
            "review_deadline": _instant(milestone.review_deadline),
            "due_at": _instant(milestone.due_at),
            "begins_at": _instant(milestone.begins_at),
            "next_begins_at": _instant(following.begins_at) if following else None,
            "pay_by": _instant(order.pay_by),
            "retry_at": _instant(milestone.retry_at),
        },
        url=reverse("orders:order", args=[order.public_id]),
        dedupe_key=key,
        now=now,
    )


def _money(amount: int, order: Order) -> dict[str, object]:
    return {"amount": amount, "currency": order.currency}


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
