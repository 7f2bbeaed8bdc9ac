"""What a chargeback does to its order (R-PAY-7, T23, T24): it stands still while the bank decides, and then goes on,
or the milestone whose money the bank took is charged back.
"""

from datetime import datetime

import structlog
from django.db import transaction

from marketplace.web.clock import database_now
from orders.actors import BANK, CLOCK
from orders.enums import FINAL_ORDER_STATES, MilestoneState, OrderState, Role
from orders.guards import Facts
from orders.models import Milestone, Order, OrderHold, TimelineEntry
from orders.services.alerting import alert_agents
from orders.services.door import lock_order, read_facts, transition
from orders.services.holding import lift_hold, place_hold
from orders.services.telling import send
from payments.enums import HoldKind
from payments.signals import DisputeNews

log = structlog.get_logger(__name__)

ASKED = "The buyer’s bank has taken a payment back and has not decided yet."
LOST = "The bank has decided for the buyer about an earlier milestone. Support decides how this order goes on."
WORKED_ON = (MilestoneState.IN_PROGRESS, MilestoneState.DELIVERED, MilestoneState.IN_REVISION)


@transaction.atomic
def apply_dispute(*, news: DisputeNews, now: datetime | None = None) -> None:
    """Let the order follow the newest of a dispute, whatever was told before. Safe to repeat; locks the order first."""
    order = Order.objects.filter(public_id=news.group).first()
    if order is None:
        log.error("dispute_without_order", group=news.group, dispute=news.public_id)
        return
    facts = read_facts(lock_order(order.pk), now or database_now())
    match news.event:
        case "asked":
            pass  # no money has moved: the work goes on
        case "opened":
            place_hold(
                order=facts.order,
                kind=HoldKind.CHARGEBACK,
                reference=news.public_id,
                reason=ASKED,
                actor=BANK,
                now=facts.now,
            )
        case "won" | "closed":
            _lift(facts, news)
        case "lost":
            _lose(facts, news)
    alert_agents(order=facts.order, news=news, now=facts.now)


def _lift(facts: Facts, news: DisputeNews, *, quietly: bool = False) -> None:
    """What was never placed, because the news of its opening were overtaken, needs no lifting."""
    kind, reference = HoldKind.CHARGEBACK, news.public_id
    if OrderHold.objects.filter(order=facts.order, lifted_at=None, kind=kind, reference=reference).exists():
        lift_hold(order=facts.order, kind=kind, reference=reference, actor=BANK, quietly=quietly, now=facts.now)


def _lose(facts: Facts, news: DisputeNews) -> None:
    milestone = next((m for m in facts.milestones if m.charge_id == news.charge_id), None)
    if milestone is not None and not news.left:
        _charge_back(facts, milestone)
    if Order.objects.get(pk=facts.order.pk).state not in FINAL_ORDER_STATES:
        place_hold(
            order=facts.order, kind=HoldKind.SUPPORT, reference=news.public_id, reason=LOST, actor=CLOCK, now=facts.now
        )
    _lift(facts, news, quietly=True)


def _charge_back(facts: Facts, milestone: Milestone) -> None:
    """All of its money is gone. With the one under way the order ends; an accepted one leaves the order as it is."""
    if milestone == facts.current and milestone.state in WORKED_ON:
        name = "charge_back_and_end" if facts.accepted else "charge_back_and_cancel"
        with transition(order=facts.order, name=name, actor=BANK, now=facts.now):
            pass
    elif milestone.state == MilestoneState.ACCEPTED:
        milestone.state = MilestoneState.CHARGED_BACK
        milestone.save(update_fields=["state"])
        _record(facts, milestone)


def _record(facts: Facts, milestone: Milestone) -> None:
    order = facts.order
    entry = TimelineEntry.objects.create(
        order=order,
        milestone=milestone,
        name="charge_back",
        role=Role.PAYMENTS,
        at=facts.now,
        order_state=order.state,
        milestone_state=milestone.state,
    )
    for side in (Role.BUYER, Role.SELLER):
        send(
            kind="milestone_charged_back",
            order=order,
            milestone=milestone,
            following=None,
            to=side,
            key=f"charge_back:{entry.pk}:{side}",
            now=facts.now,
            extra={"goes_on": OrderState(order.state) not in FINAL_ORDER_STATES},
        )
