"""Money of a milestone that is over goes back to the buyer, all or a part, by support's hand (R-SUP-2, T22).

The order and the milestone stay as they are. `preview_refund` and `give_back` reckon by the same standing, so that what
is shown is what is done.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from marketplace.kernel.money import Money
from marketplace.web.clock import database_now
from orders import errors
from orders.actors import agent
from orders.enums import UNDER_WAY, CancelReason, Role
from orders.models import Milestone, Order, TimelineEntry
from orders.services.door import lock_order
from payments.errors import NotCaptured
from payments.models import Charge, Refund
from payments.services import refunding


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """Who gives what of `refund`: the seller, and the platform its commission and fee. `left` can go back after it.

    `sent`: the seller has been paid it, so that it is taken back, or kept from the next payouts.
    """

    milestone: str
    refund: Money
    seller: Money
    platform: Money
    left: Money
    sent: bool

    @property
    def digest(self) -> str:
        """Equal while the money stands where it stood: what was shown is what is confirmed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def preview_refund(*, milestone: Milestone, amount: int | None = None) -> GivenBack:
    """What `give_back` of `amount` (minor units, the fee in it; None: all that is left) would do.

    Raises StillUnderWay, NotCaptured, ChargeDisputed, RefundBeyondPayment.
    """
    plan = refunding.plan_refund(charge=_charge_of(milestone), amount=amount)
    currency = milestone.order.currency
    return GivenBack(
        milestone=milestone.name,
        refund=Money(plan.parts.total, currency),
        seller=Money(plan.parts.seller, currency),
        platform=Money(plan.parts.commission + plan.parts.fee, currency),
        left=Money(plan.left, currency),
        sent=plan.sent,
    )


@transaction.atomic
def give_back(
    *, milestone: Milestone, actor: User, amount: int | None, reason: CancelReason, note: str,
    now: datetime | None = None,
) -> Refund:  # fmt: skip
    """Send `amount` of what was paid for `milestone` back, and put it in the timeline with its reason.

    Raises NotYours without the permission, OwnMatter on a side of it, ReasonNeeded without a note, and what
    `preview_refund` raises.
    """
    order = lock_order(milestone.order_id)
    support = agent(actor, order)
    if not note.strip():
        raise errors.ReasonNeeded(field="note")
    moment = now or database_now()
    milestone = order.milestones.select_related("planned", "charge").get(pk=milestone.pk)
    refund = refunding.request_refund(
        charge=_charge_of(milestone), amount=amount, reason=CancelReason(reason).label, now=moment
    )
    _record(order, milestone, support.user, refund, reason, moment)
    return refund


def may_give_back(milestone: Milestone) -> bool:
    """Is it over, and was it paid?"""
    return milestone.state not in UNDER_WAY and milestone.charge is not None and bool(milestone.charge.succeeded_at)


def _charge_of(milestone: Milestone) -> Charge:
    if milestone.state in UNDER_WAY:
        raise errors.StillUnderWay(milestone=milestone.name)
    if milestone.charge is None:
        raise NotCaptured
    return milestone.charge


def _record(
    order: Order, milestone: Milestone, by: User | None, refund: Refund, reason: CancelReason, now: datetime
) -> None:
    TimelineEntry.objects.create(
        order=order,
        milestone=milestone,
        name="refund_asked",
        role=Role.SUPPORT,
        actor=by,
        at=now,
        order_state=order.state,
        milestone_state=milestone.state,
        data={
            "refund": refund.public_id,
            "amount": refund.amount,
            "sellers": refund.price_part - refund.commission_part,
            "reason": CancelReason(reason).value,
        },
    )
