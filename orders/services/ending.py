"""Cancelling, which belongs to support alone (R-ORD-11, R-SUP-2): a reason, a note, and what happens to the rest."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from marketplace.kernel.money import Money
from marketplace.web.clock import database_now
from orders import errors
from orders.actors import agent
from orders.enums import CancelReason, OrderState
from orders.guards import Facts
from orders.models import Cancellation, Order
from orders.services.door import lock_order, read_facts, transition


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who gets what if support cancels now: shown before it is confirmed. Money in the order's currency."""

    transition: str
    order_becomes: str
    refund: Money
    seller_keeps: Money
    never_starts: tuple[str, ...]


def preview_cancellation(*, order: Order, continue_after: bool = False, now: datetime | None = None) -> Outcome:
    """What `cancel` would do. Raises IllegalTransition when the order can't be cancelled from here."""
    facts = read_facts(order, now or database_now())
    name = _transition_name(facts, continue_after=continue_after)
    current = facts.current
    funded = current is not None and name not in ("end_unpaid", "cancel_unpaid")
    zero = Money.zero(order.currency)
    kept = zero
    for milestone in facts.accepted:
        kept += milestone.price
    planned = [m.name for m in facts.milestones if m.state == "planned"]
    return Outcome(
        transition=name,
        order_becomes=_ending_words(name),
        refund=current.to_pay if current is not None and funded else zero,
        seller_keeps=kept,
        never_starts=() if continue_after else tuple(planned),
    )


def cancel(
    *, order: Order, actor: User, reason: CancelReason, note: str, continue_after: bool = False,
    now: datetime | None = None,
) -> None:  # fmt: skip
    """Cancel the milestone under way, refund what is held for it with its fee, and end the order or go on to the next.

    Going on needs the buyer's consent: the next milestone waits until the buyer pays it on the hosted page.
    Raises NotYours without the permission, ReasonNeeded without a note, IllegalTransition from a final state.
    """
    support = agent(actor)
    if not note.strip():
        raise errors.ReasonNeeded(field="note")
    with transaction.atomic():
        facts = read_facts(lock_order(order.pk), now or database_now())
        name = _transition_name(facts, continue_after=continue_after)
        with transition(order=order, name=name, actor=support, now=facts.now) as step:
            step.data["reason"] = CancelReason(reason).value
            Cancellation.objects.create(
                milestone=step.milestone,
                reason=CancelReason(reason),
                note=note.strip(),
                agent=actor,
                cancelled_at=step.now,
            )


def _transition_name(facts: Facts, *, continue_after: bool) -> str:
    unpaid = facts.order.state == OrderState.AWAITING_NEXT_PAYMENT
    if continue_after and not unpaid:
        return "cancel_milestone"
    if facts.accepted:
        return "end_unpaid" if unpaid else "end_order"
    return "cancel_unpaid" if unpaid else "cancel_order"


def _ending_words(name: str) -> str:
    return {
        "cancel_milestone": "goes on with the next milestone, once the buyer pays it",
        "end_order": "completed, ended by support",
        "end_unpaid": "completed, ended by support",
    }.get(name, "cancelled")
