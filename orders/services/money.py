"""What each money effect of the table does: one function each, run by the door under its lock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from milestones.enums import PayoutRelease
from orders.errors import PaymentUnderWay
from orders.models import Milestone, Order
from orders.rows import MoneyEffect
from orders.services.dates import set_dates
from orders.services.step import Step
from payments.errors import ChargeInFlight
from payments.models import Charge, SavedMethod
from payments.services import charging, refunding, releasing
from payments.services.moving import lock_charges


def open_charge(*, order: Order, milestone: Milestone, method: SavedMethod | None, now: datetime) -> Charge:
    """The charge of one milestone and its fee; the worker makes it once this transaction is committed (R-PAY-2)."""
    charge = charging.open_charge(
        payer=order.buyer,
        payee=order.seller,
        reference=milestone.reference,
        group=order.public_id,
        amount=milestone.price.amount,
        fee=milestone.fee.amount,
        currency=order.currency,
        description=f"{order.title}: {milestone.name} ({order.number})",
        method=method,
        now=now,
    )
    milestone.charge = charge
    milestone.save(update_fields=["charge"])
    return charge


def _charge_next(step: Step) -> None:
    # After a cancelled milestone the buyer consents by paying on the hosted page, so the saved card is left alone; so
    # it is when they want to pay with another one. To the months of a subscription they consented as it began.
    consented = step.row.name in ("accept_and_continue", "charge_month") and not step.data.get("other_card")
    milestone = step.following if step.row.starts_next else step.milestone
    if milestone and step.row.starts_next:  # as early as support, or as late as the decision, lets it begin
        set_dates(step.facts, position=milestone.position, at=step.order.clock(step.now))
    if milestone:
        open_charge(order=step.order, milestone=milestone, method=step.order.card if consented else None, now=step.now)


def _charge_of(step: Step) -> Charge:
    charge = step.milestone.charge
    if charge is None:
        raise ValueError(f"{step.milestone} has no charge")
    return charge


def _retry(step: Step) -> None:
    charging.retry_charge(charge=_charge_of(step), method=step.method, now=step.now)


def _accrue(step: Step) -> None:
    policy = step.order.policy
    releasing.accrue_charge(charge=_charge_of(step), commission_bp=policy.commission_bp, now=step.now)
    if policy.payout_release == PayoutRelease.MILESTONE:
        _release_one(step, _charge_of(step))


def _release(step: Step) -> None:
    """Of every accepted milestone; also of one that was charged back since, should something of it come back."""
    for milestone in step.facts.milestones:
        if milestone.charge and milestone.accepted_at:
            _release_one(step, milestone.charge)


def _release_one(step: Step, charge: Charge) -> None:
    clears_at = step.now + timedelta(days=step.order.policy.clearance_days)
    releasing.release_charge(charge=charge, clears_at=clears_at, now=step.now)


def _withdraw(step: Step) -> None:
    if step.milestone.charge is None:
        return  # a month whose date has not come
    try:
        charging.withdraw_charge(charge=_charge_of(step), now=step.now)
    except ChargeInFlight as error:
        raise PaymentUnderWay from error


def _refund(step: Step) -> None:
    """Back to the buyer goes what support said, all of it when it said nothing; the rest is the seller's at once."""
    charge, back, reason = _charge_of(step), step.data.get("back"), str(step.data.get("reason", ""))
    if back is None:
        refunding.request_refund(charge=charge, reason=reason, now=step.now)
        return
    if back:
        refunding.request_refund(charge=charge, amount=int(str(back)), reason=reason, now=step.now)
    releasing.accrue_charge(charge=charge, commission_bp=step.order.policy.commission_bp, now=step.now)
    _release_one(step, charge)


EFFECTS: dict[MoneyEffect, Callable[[Step], None]] = {
    MoneyEffect.CHARGE: _charge_next,
    MoneyEffect.RETRY: _retry,
    MoneyEffect.ACCRUE: _accrue,
    MoneyEffect.RELEASE: _release,
    MoneyEffect.WITHDRAW: _withdraw,
    MoneyEffect.REFUND: _refund,
}


def run_effects(step: Step) -> None:
    """What the row says of money, under the locks of all of the order's charges: one effect may touch several."""
    if step.row.money:
        lock_charges(group=step.order.public_id)
    for effect in step.row.money:
        EFFECTS[effect](step)
