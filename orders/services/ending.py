"""Cancelling, which belongs to support alone (R-ORD-11, R-SUP-2): a reason, a note, and what happens to the rest.

`preview_cancellation` and `cancel` find their way by the same `_way`, so that what is shown is what can be done.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from marketplace.web.clock import database_now
from orders import errors
from orders.actors import agent
from orders.enums import FINAL_ORDER_STATES, CancelReason, MilestoneState, OrderState, Role
from orders.guards import Facts
from orders.models import Cancellation, Milestone, Order
from orders.rows import BETWEEN_MONTHS, MoneyEffect, OrderTransition
from orders.services.door import explain_refusal, lock_order, read_facts, transition
from orders.services.funding import schedule_retry
from orders.transitions import PROCESS
from payments.enums import IN_FLIGHT
from payments.errors import ChargeDisputed, RefundBeyondPayment
from payments.models import Charge
from payments.selectors import group_balances, left_of, open_dispute_of
from payments.services import releasing
from payments.shares import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Where all that the buyer has paid is: `held` and `back` with the buyer's fee, `seller` less commission."""

    held: Money
    back: Money
    seller: Money
    platform: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Who gets what if support cancels now. Money in the order's currency.

    Of what is `held` for the milestone `refund` goes back, its fee included, and `released` is the seller's part of the
    rest; `withdrawn` is asked for no longer; `asked` is what the buyer may pay for `goes_on_with`. `seen` is the newest
    entry of the timeline that this was reckoned from.
    """

    transition: str
    milestone: str
    order_becomes: str
    held: Money
    refund: Money
    released: Money
    withdrawn: Money
    asked: Money
    goes_on_with: str
    never_starts: tuple[str, ...]
    before: Division
    after: Division
    seen: int

    @property
    def digest(self) -> str:
        """Equal for an equal outcome of the same moment of the order: what was shown is what is confirmed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def preview_cancellation(
    *, order: Order, continue_after: bool = False, back: int | None = None, now: datetime | None = None
) -> Outcome:
    """What `cancel` would do. Raises what it would raise: NothingPaid, OrderOver, CannotContinue, PaymentUnderWay,
    RefundBeyondPayment, ChargeDisputed.
    """
    seen = order.timeline.order_by("-pk").values_list("pk", flat=True)[0]  # first: what moves meanwhile makes it stale
    facts = read_facts(order, now or database_now())
    row, current = _way(facts, continue_after=continue_after)
    charge, following = current.charge, facts.following if row.starts_next else None
    withdrawn = charge if MoneyEffect.WITHDRAW in row.money else None
    if withdrawn and withdrawn.state in IN_FLIGHT:
        raise errors.PaymentUnderWay
    zero, before = Money.zero(order.currency), division_of(order)
    split = _split(facts, charge, back) if MoneyEffect.REFUND in row.money and charge else Split(held=0, back=0)
    return Outcome(
        transition=row.name,
        milestone=current.name,
        order_becomes=row.completion.label if row.completion else OrderState(row.target.order).label,
        held=Money(split.held, order.currency),
        refund=Money(split.back, order.currency),
        released=Money(split.rest.seller, order.currency),
        withdrawn=withdrawn.total_money if withdrawn else zero,
        asked=following.to_pay if following else zero,
        goes_on_with=following.name if following else "",
        never_starts=_never_starts(facts, row),
        before=before,
        after=_after(before, split),
        seen=seen,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How what is held of a charge divides: `back` to the buyer, fee included, and the `rest`. Minor units."""

    held: int
    back: int
    rest: Parts = field(default_factory=lambda: Parts(price=0))


def _split(facts: Facts, charge: Charge, back: int | None) -> Split:
    held = left_of(charge)
    if open_dispute_of(charge) is not None:
        raise ChargeDisputed
    if back is None or back == held:
        return Split(held=held, back=held)
    if not 0 <= back < held:
        raise RefundBeyondPayment(field="back", left=Money(held, charge.currency))
    rest = releasing.rest_after(charge=charge, back=back, commission_bp=facts.order.policy.commission_bp)
    return Split(held=held, back=back, rest=rest)


def _after(before: Division, split: Split) -> Division:
    def moved(money: Money, by: int) -> Money:
        return Money(money.amount + by, money.currency)

    return replace(
        before,
        held=moved(before.held, -split.held),
        back=moved(before.back, split.back),
        seller=moved(before.seller, split.rest.seller),
        platform=moved(before.platform, split.rest.commission + split.rest.fee),
    )


def division_of(order: Order) -> Division:
    """Where the order's money is by the ledger."""
    books = group_balances(order.public_id)
    return Division(
        held=Money(books.held + books.fee_held, order.currency),
        back=Money(books.surplus + books.refunding + books.refunded + books.lost, order.currency),
        seller=Money(books.sellers, order.currency),
        platform=Money(books.platforms, order.currency),
    )


def cancel(
    *, order: Order, actor: User, reason: CancelReason, note: str, continue_after: bool = False,
    back: int | None = None, now: datetime | None = None,
) -> None:  # fmt: skip
    """Cancel the milestone under way, refund what is held for it with its fee, and end the order or go on to the next.

    `back`, minor units with the fee in it, is what goes back to the buyer, and the rest is accepted and released to the
    seller; None: all goes back. Going on needs the buyer's consent: the next milestone waits until the buyer pays it on
    the hosted page. Raises NotYours without the permission, OwnMatter on a side of it, ReasonNeeded without a note, and
    NothingPaid, OrderOver, CannotContinue, PaymentUnderWay, RefundBeyondPayment or ChargeDisputed by where the order
    and its money stand.
    """
    support = agent(actor, order)
    if not note.strip():
        raise errors.ReasonNeeded(field="note")
    with transaction.atomic():
        facts = read_facts(lock_order(order.pk), now or database_now())
        row, current = _way(facts, continue_after=continue_after)
        split = _split(facts, current.charge, back) if MoneyEffect.REFUND in row.money and current.charge else None
        with transition(order=order, name=row.name, actor=support, now=facts.now) as step:
            step.data["reason"] = CancelReason(reason).value
            if split and split.back < split.held:
                step.data |= {"back": split.back, "sellers": split.rest.seller}
            if row.starts_next and step.following:
                schedule_retry(step.following, step.order, step.now)  # the days on which the buyer is reminded
            Cancellation.objects.create(
                milestone=step.milestone,
                reason=CancelReason(reason),
                note=note.strip(),
                agent=actor,
                cancelled_at=step.now,
            )


def _way(facts: Facts, *, continue_after: bool) -> tuple[OrderTransition, Milestone]:
    """The row of the table that cancels from here, and the milestone under way."""
    state, current = facts.order.state, facts.current
    if state in FINAL_ORDER_STATES or current is None:
        raise errors.OrderOver(standing=f"the order is {OrderState(state).label.lower()}")
    if state == OrderState.PENDING_PAYMENT:
        raise errors.NothingPaid(standing="nobody has paid for the first milestone")
    name = "cancel_milestone" if continue_after else _ending_name(facts)
    if why_not := explain_refusal(facts, name, Role.SUPPORT):
        nowhere = continue_after and isinstance(why_not, errors.IllegalTransition | errors.LastMilestone)
        raise _cannot_continue(facts, current) if nowhere else why_not
    return PROCESS.find(name), current


def _ending_name(facts: Facts) -> str:
    between = facts.standing in BETWEEN_MONTHS
    unpaid = between or facts.order.state == OrderState.AWAITING_NEXT_PAYMENT
    if facts.accepted:
        return "end_unpaid" if unpaid else "end_order"
    return "cancel_unpaid" if unpaid else "cancel_order"


def _cannot_continue(facts: Facts, current: Milestone) -> DomainError:
    match facts.order.state:
        case OrderState.AWAITING_REQUIREMENTS:
            why = "the buyer has not answered the seller’s questions, so nothing has begun"
        case OrderState.AWAITING_NEXT_PAYMENT:
            why = f"the order goes on by itself once the buyer has paid for ‘{current.name}’"
        case _ if current.state == MilestoneState.SCHEDULED:
            why = f"‘{current.name}’ begins and is charged on its date by itself"
        case _:
            why = f"‘{current.name}’ is the last milestone"
    return errors.CannotContinue(standing=why)


def _never_starts(facts: Facts, row: OrderTransition) -> tuple[str, ...]:
    """What the end of the order leaves undone: the planned milestones, and one that waited to be paid."""
    if not row.ends_order:
        return ()
    never = [m for m in facts.milestones if m.state == MilestoneState.PLANNED]
    if facts.current and row.becomes == MilestoneState.NOT_STARTED:
        never = [facts.current, *never]
    return tuple(m.name for m in never)
