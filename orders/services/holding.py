"""Orders on hold: the work and every clock stand still, and afterwards the deadlines move by that time (R-ORD-17).

A hold is a flag beside the state (R-ORD-4). Several can stand at once, a chargeback and a case say; the clocks run
again when the last one is lifted. What the bank says and what support does go on.
"""

from datetime import datetime, timedelta

from django.db import transaction

from marketplace.web.clock import database_now
from orders import errors
from orders.actors import Actor
from orders.enums import FINAL_ORDER_STATES, MilestoneState, OrderState, Role
from orders.guards import Facts
from orders.models import Milestone, Order, OrderHold, TimelineEntry
from orders.services.dates import move_dates
from orders.services.door import lock_order, read_facts
from orders.services.telling import send
from payments.enums import HoldKind
from payments.services.holding import lift_payout_hold, place_payout_hold


@transaction.atomic
def place_hold(
    *, order: Order, kind: HoldKind, reference: str = "", reason: str, actor: Actor, now: datetime | None = None
) -> OrderHold:
    """Stop the order's clocks and its pay-outs. A second call for the same reference changes nothing.

    `reason` is read by both sides. The hold of pay-outs that a chargeback needs is placed by payments themselves.
    """
    facts = read_facts(lock_order(order.pk), now or database_now())
    order = facts.order
    hold, placed = OrderHold.objects.get_or_create(
        order=order,
        kind=kind,
        reference=reference,
        lifted_at=None,
        defaults={"reason": reason[:300], "placed_at": facts.now, "placed_by": actor.user},
    )
    if not placed:
        return hold
    if kind != HoldKind.CHARGEBACK:
        place_payout_hold(
            group=order.public_id, kind=kind, reference=reference, reason=reason, by=actor.user, now=facts.now
        )
    _record(facts, "place_hold", actor, hold, {"reason": reason})
    if order.held_since is None:
        order.held_since = facts.now
        order.save(update_fields=["held_since"])
        _tell(facts, "order_on_hold", hold)
    return hold


@transaction.atomic
def lift_hold(
    *, order: Order, kind: HoldKind, reference: str = "", actor: Actor, quietly: bool = False,
    now: datetime | None = None,
) -> timedelta | None:  # fmt: skip
    """End one hold. With the last of them the clocks run again: by how much the deadlines moved, else None.

    `quietly`: both sides hear of what ended it anyway. Raises NothingHolds when there is no such hold.
    """
    facts = read_facts(lock_order(order.pk), now or database_now())
    order = facts.order
    standing = OrderHold.objects.filter(order=order, lifted_at=None)
    hold = standing.filter(kind=kind, reference=reference).first()
    if hold is None:
        raise errors.NothingHolds
    hold.lifted_at, hold.lifted_by = facts.now, actor.user
    hold.save(update_fields=["lifted_at", "lifted_by"])
    if kind != HoldKind.CHARGEBACK:
        lift_payout_hold(group=order.public_id, kind=kind, reference=reference, by=actor.user, now=facts.now)
    moved = None if standing.exists() or order.held_since is None else _run_again(facts, order.held_since)
    seconds = round(moved.total_seconds()) if moved is not None else None
    _record(facts, "lift_hold", actor, hold, {"moved": seconds})
    if moved is not None and not quietly:
        _tell(facts, "order_resumed", hold)
    return moved


def _run_again(facts: Facts, held_since: datetime) -> timedelta:
    """Move every deadline that is still ahead by the time that the order stood still, to the microsecond."""
    order, by = facts.order, max(facts.now - held_since, timedelta())
    order.held_since = None
    if order.state not in FINAL_ORDER_STATES:
        order.pay_by = _later(order.pay_by, by)
        if order.state == OrderState.PENDING_PAYMENT:
            order.unpaid_deadline += by
        if facts.current is not None:
            _move_milestone(facts.current, by)
        move_dates(facts, by)
    order.save()
    return by


def _move_milestone(milestone: Milestone, by: timedelta) -> None:
    milestone.due_at = _later(milestone.due_at, by)
    milestone.review_deadline = _later(milestone.review_deadline, by)
    milestone.retry_at = _later(milestone.retry_at, by)
    milestone.save(update_fields=["due_at", "review_deadline", "retry_at"])
    if milestone.state == MilestoneState.IN_REVISION:
        revision = milestone.revisions.latest("asked_at")
        revision.due_at += by
        revision.save(update_fields=["due_at"])


def _later(moment: datetime | None, by: timedelta) -> datetime | None:
    return moment + by if moment else None


def _record(facts: Facts, name: str, actor: Actor, hold: OrderHold, data: dict[str, object]) -> None:
    order, current = facts.order, facts.current
    TimelineEntry.objects.create(
        order=order,
        milestone=current,
        name=name,
        role=actor.role,
        actor=actor.user,
        at=facts.now,
        order_state=order.state,
        milestone_state=current.state if current else "",
        data={"kind": hold.kind, **data},
    )


def _tell(facts: Facts, kind: str, hold: OrderHold) -> None:
    """Both sides hear that the order stands still, or that it runs again."""
    for side in (Role.BUYER, Role.SELLER):
        send(
            kind=kind,
            order=facts.order,
            milestone=facts.current or facts.milestones[-1],
            following=facts.following,
            to=side,
            key=f"{kind}:{hold.pk}:{side}",
            now=facts.now,
            extra={"kind": str(hold.kind), "is_over": facts.order.state in FINAL_ORDER_STATES},
        )
