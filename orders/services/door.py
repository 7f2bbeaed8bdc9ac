"""The one door for state (R-ORD-3, R-ORD-4): lock → check the table → change → record → move money → tell.

    with transition(order=order, name="deliver", actor=party(order, user), now=now) as step:
        step.milestone.delivered_at = step.now

The body sets what is particular to the transition; leaving it writes the states, the timeline entry, the money effects
and the notices that the row names, in one transaction. Leaving it by an exception writes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from marketplace.kernel.errors import DomainError
from marketplace.web.clock import database_now
from orders import errors
from orders.actors import Actor
from orders.enums import MilestoneState, OrderState, Role
from orders.guards import Facts, refusal
from orders.models import Order, TimelineEntry
from orders.rows import MoneyEffect
from orders.services.money import run_effects
from orders.services.step import Step
from orders.services.telling import tell
from orders.transitions import PROCESS


def lock_order(order_id: int) -> Order:
    """The order, locked first of all rows: order → all of its charges → ledger accounts. Call inside a transaction."""
    return (
        Order.objects.select_for_update(of=("self",))
        .select_related("plan", "policy", "buyer", "seller")
        .get(pk=order_id)
    )


def read_facts(order: Order, now: datetime) -> Facts:
    """The order's milestones with their terms, as they are now."""
    milestones = list(order.milestones.select_related("planned", "charge__method"))
    for milestone in milestones:
        milestone.order = order
    return Facts(order=order, milestones=milestones, now=now)


@contextmanager
def transition(*, order: Order, name: str, actor: Actor, now: datetime | None = None) -> Iterator[Step]:
    """Make the transition `name`. `now` None means the database's clock, read once the lock is held.

    Raises IllegalTransition, NotYours or a guard's refusal; nothing has changed then.
    """
    with transaction.atomic():
        step = _enter(order, name, actor, now)
        yield step
        _change(step)
        entry = _record(step)
        run_effects(step)
        tell(step, entry)


def _enter(order: Order, name: str, actor: Actor, now: datetime | None) -> Step:
    locked = lock_order(order.pk)
    facts = read_facts(locked, now or database_now())
    row = PROCESS.find(name)
    current = facts.current
    if why_not := explain_refusal(facts, name, actor.role):
        raise why_not
    if current is None:
        raise errors.IllegalTransition(standing=describe(facts))
    return Step(facts=facts, row=row, actor=actor, milestone=current, following=facts.following)


def explain_refusal(facts: Facts, name: str, role: Role) -> DomainError | None:
    """Why `role` can't make the transition `name` from here: the actor, the state, or a guard. None when it can."""
    row = PROCESS.find(name)
    if role not in row.actors:
        return errors.NotYours(role=" or ".join(sorted(Role(each).label.lower() for each in row.actors)))
    if facts.standing not in row.sources:
        return errors.IllegalTransition(standing=describe(facts))
    return refusal(facts, row)


def _change(step: Step) -> None:
    order, row = step.order, step.row
    step.milestone.state = row.becomes
    if row.becomes == MilestoneState.ACCEPTED:
        step.milestone.accepted_at = step.now
    step.milestone.save()
    if row.starts_next and step.following and row.target.milestone:
        step.following.state = row.target.milestone
        step.following.save()
    if MoneyEffect.CHARGE in row.money:
        order.pay_by = order.clock(step.now) + timedelta(hours=24 * order.policy.payment_grace_days)
    if row.ends_order or row.drops_rest:
        order.milestones.filter(state=MilestoneState.PLANNED).update(state=MilestoneState.NOT_STARTED)
    if row.ends_order:
        order.ended_at = step.now
        order.pay_by = None
        order.completion = row.completion or ""
    order.state = row.target.order
    order.save()


def _record(step: Step) -> TimelineEntry:
    return TimelineEntry.objects.create(
        order=step.order,
        milestone=step.milestone,
        name=step.row.name,
        role=step.actor.role,
        actor=step.actor.user,
        at=step.now,
        order_state=step.order.state,
        milestone_state=step.milestone.state,
        data=step.data,
    )


def describe(facts: Facts) -> str:
    """Where the order stands, in words for a refusal: "‘Rough cut’ is delivered"."""
    current = facts.current
    if current is None:
        return f"the order is {OrderState(facts.order.state).label.lower()}"
    return f"‘{current.name}’ is {MilestoneState(current.state).label.lower()}"
