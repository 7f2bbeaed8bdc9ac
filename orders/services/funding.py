"""What the bank's answer does to the order (R-PAY-2), and the buyer's way back to the payment page."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts.models import User
from marketplace.web.clock import database_now
from orders import errors
from orders.actors import BANK, party
from orders.enums import FINAL_ORDER_STATES, MilestoneState, OrderState, Role
from orders.guards import GUARDS, Facts
from orders.models import Milestone, Order, TimelineEntry
from orders.rows import Guard
from orders.services.beginning import begin_milestone
from orders.services.door import lock_order, read_facts, transition
from orders.services.telling import send
from payments.models import Charge
from payments.services import charging, refunding
from payments.signals import ChargeResult, SurplusNews

log = structlog.get_logger(__name__)

LATE_PAYMENT = "The order had ended when the payment arrived."


@transaction.atomic
def apply_result(*, result: ChargeResult, now: datetime | None = None) -> None:
    """Let the order follow its charge. Safe to call again with the same result; locks the order first."""
    order = Order.objects.filter(public_id=result.group).first()
    if order is None:
        log.error("charge_without_order", group=result.group, charge=result.public_id)
        return
    facts = read_facts(lock_order(order.pk), now or database_now())
    milestone = next((m for m in facts.milestones if m.charge_id == result.charge_id), None)
    if result.outcome == "succeeded":
        _succeeded(facts, milestone, result)
    elif milestone is not None and milestone.state == MilestoneState.CHARGING:
        _failed(facts, result)


def _succeeded(facts: Facts, milestone: Milestone | None, result: ChargeResult) -> None:
    order = facts.order
    charge = Charge.objects.get(pk=result.charge_id)
    waiting = milestone is not None and milestone == facts.current and milestone.started_at is None
    if order.state in FINAL_ORDER_STATES or milestone is None:
        _return_payment(order, milestone, charge, facts.now)
    elif order.state == OrderState.PENDING_PAYMENT:
        _fund(order, charge, facts.now)
    elif order.state == OrderState.AWAITING_NEXT_PAYMENT and waiting:
        with transition(order=order, name="begin_next", actor=BANK, now=facts.now) as step:
            step.order.method = charge.method or step.order.method
            step.data["method"] = result.method_label
            begin_milestone(step)


def _return_payment(order: Order, milestone: Milestone | None, charge: Charge, now: datetime) -> None:
    """Refund what arrived for nothing, put it on record and tell the buyer, once (R-PAY-3)."""
    refunding.request_refund(charge=charge, reason=LATE_PAYMENT, now=now)
    if order.timeline.filter(name="return_payment", data__charge=charge.public_id).exists():
        return
    about = milestone or order.milestones.select_related("planned").latest("position")
    TimelineEntry.objects.create(
        order=order,
        milestone=milestone,
        name="return_payment",
        role=Role.PAYMENTS,
        at=now,
        order_state=order.state,
        milestone_state=milestone.state if milestone else "",
        data={"charge": charge.public_id, "paid": charge.total},
    )
    send(
        kind="payment_returned",
        order=order,
        milestone=about,
        following=None,
        to=Role.BUYER,
        key=f"payment_returned:{charge.public_id}",
        now=now,
        extra={"paid": {"amount": charge.total, "currency": charge.currency}},
    )


def _fund(order: Order, charge: Charge, now: datetime) -> None:
    with transition(order=order, name="fund", actor=BANK, now=now) as step:
        step.order.method = charge.method
        step.data["paid"] = charge.total
    if not order.requirements.exists():
        with transition(order=order, name="begin_at_once", actor=BANK, now=now) as step:
            begin_milestone(step)


def _failed(facts: Facts, result: ChargeResult) -> None:
    if facts.order.state != OrderState.AWAITING_NEXT_PAYMENT:
        return  # the first milestone is paid on the hosted page, which offers another try by itself
    name = {"declined": "decline", "action_required": "want_action"}.get(result.outcome)
    if name is None:
        return
    with transition(order=facts.order, name=name, actor=BANK, now=facts.now) as step:
        schedule_retry(step.milestone, facts.order, facts.now)
        again = name == "decline" and is_retriable(step.milestone) and step.milestone.retry_at is not None
        step.data |= {"message": result.message, "code": result.code, "again": again}


def is_retriable(milestone: Milestone) -> bool:
    """May its charge be made again without the buyer? Not by a card that is gone or that the bank refuses for good."""
    charge = milestone.charge
    return bool(charge and charge.method and charge.method.is_active and not charge.method_refused)


def schedule_retry(milestone: Milestone, order: Order, now: datetime) -> None:
    """The next of the policy's retry days after this failure; none when they are used up.

    On that day the card is charged again, or the buyer reminded where only they can do something.
    """
    days = order.policy.charge_retry_days
    milestone.retry_at = None
    if milestone.retries < len(days):
        before = days[milestone.retries - 1] if milestone.retries else 0
        milestone.retry_at = order.clock(now) + timedelta(hours=24 * (days[milestone.retries] - before))
        milestone.retries += 1


@transaction.atomic
def tell_surplus(*, news: SurplusNews, now: datetime) -> None:
    """Put on record that a milestone was paid twice, and tell the buyer that the second goes back (R-PAY-3)."""
    order = Order.objects.filter(public_id=news.group).first()
    if order is None:
        log.error("surplus_without_order", group=news.group, charge=news.public_id)
        return
    order = lock_order(order.pk)
    milestone = next((m for m in order.milestones.select_related("planned") if m.reference == news.reference), None)
    if milestone is None:
        log.error("surplus_without_milestone", group=news.group, charge=news.public_id)
        return
    milestone.order = order
    TimelineEntry.objects.create(
        order=order,
        milestone=milestone,
        name="return_surplus",
        role=Role.PAYMENTS,
        at=now,
        order_state=order.state,
        milestone_state=milestone.state,
        data={"charge": news.public_id, "attempt": news.attempt, "paid": news.amount},
    )
    send(
        kind="paid_twice",
        order=order,
        milestone=milestone,
        following=None,
        to=Role.BUYER,
        key=f"paid_twice:{news.public_id}:{news.attempt}",
        now=now,
        extra={"paid": {"amount": news.amount, "currency": order.currency}},
    )


def prepare_payment(*, order: Order, actor: User, now: datetime | None = None) -> Charge:
    """The charge that the buyer may now pay on the hosted page. Follow with `payments…charging.start_checkout`.

    Raises NotYours for the seller, NothingToPay, OrderOnHold, and SellerLeft once the seller's account was closed.
    """
    role = party(order, actor).role
    if role != Role.BUYER:
        raise errors.NotYours(role="buyer")
    with transaction.atomic():
        facts = read_facts(lock_order(order.pk), now or database_now())
        current = facts.current
        if current is None or current.charge is None or current.started_at is not None:
            raise errors.NothingToPay
        for guard in (Guard.NOT_ON_HOLD, Guard.SELLER_HERE):
            if refused := GUARDS[guard](facts):
                raise refused
        if current.state in (MilestoneState.PAYMENT_FAILED, MilestoneState.ACTION_REQUIRED):
            # `retry_at` stays: who leaves the page again without paying is still reminded.
            with transition(order=order, name="pay_again", actor=party(order, actor), now=facts.now):
                pass
        elif current.state != MilestoneState.CHARGING or facts.order.state == OrderState.AWAITING_REQUIREMENTS:
            raise errors.NothingToPay
        return current.charge


def pay_url(
    *, charge: Charge, success_url: str, cancel_url: str, consent: str = "", now: datetime | None = None
) -> str:
    """The hosted page's address; `consent` is said on it. Speaks to Stripe, so never call it inside a transaction."""
    return charging.start_checkout(
        charge=charge, success_url=success_url, cancel_url=cancel_url, consent=consent, now=now or database_now()
    )
