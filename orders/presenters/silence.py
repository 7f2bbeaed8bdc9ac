"""What happens if nobody acts: said before every deadline, in the same words everywhere (R-ORD-8, R-PAY-2)."""

from dataclasses import dataclass
from datetime import datetime

from orders.enums import MilestoneState, OrderState
from orders.models import Milestone
from orders.presenters.words import card_words, other, plain_minute
from orders.selectors import OrderView

M, S = MilestoneState, OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """`head` and `more` answer "If nobody acts?"; `sentence` follows "If you do nothing" or names who does nothing."""

    head: str
    more: str
    sentence: str
    at: datetime | None = None


def silence_of(view: OrderView) -> Silence:
    current = view.current
    if current is None:
        return Silence(head="Nothing", more="This order has ended", sentence="")
    if view.order.held_since:
        return _held()
    if view.order.state == S.PENDING_PAYMENT:
        return _unpaid(view)
    if view.order.state == S.AWAITING_REQUIREMENTS:
        return _unanswered(view, current)
    if view.order.state == S.AWAITING_NEXT_PAYMENT:
        return _next_unpaid(view, current)
    if current.state == M.SCHEDULED:
        return _nothing_begins() if view.seller_left else _between_months(view, current)
    return _in_review(view, current) if current.state == M.DELIVERED else _at_work(view, current)


def condition_of(view: OrderView) -> str:
    """How a sentence about silence begins."""
    return "If you do nothing" if view.is_buyer else f"If {other(view).first_name} does nothing"


def _held() -> Silence:
    """R-ORD-17."""
    return Silence(
        head="It stays on hold",
        more="No deadline runs, nothing is charged",
        sentence="While it is on hold no deadline runs and nothing is charged. Afterwards every deadline has moved by "
        "that time.",
    )


def _unpaid(view: OrderView) -> Silence:
    at = view.order.unpaid_deadline
    return Silence(
        head=f"Lapses {plain_minute(at)}",
        more="Nothing is charged",
        sentence=f"{condition_of(view)} by {plain_minute(at)}, the order lapses and nothing is charged.",
        at=at,
    )


def _unanswered(view: OrderView, current: Milestone) -> Silence:
    return Silence(
        head="It waits",
        more=f"‘{current.name}’ and its days don’t begin",
        sentence=f"{condition_of(view)}, ‘{current.name}’ does not begin and its days don’t count. The money stays "
        "held.",
    )


def _between_months(view: OrderView, current: Milestone) -> Silence:
    """R-OFR-4."""
    at = plain_minute(current.begins_at)
    if not view.is_buyer:
        charged = f"{other(view).first_name} is charged for it"
    elif view.order.card:
        charged = f"{current.to_pay} is charged to {card_words(view.order.card)}"
    else:
        charged = f"you are asked to pay {current.to_pay} for it"
    return Silence(
        head=f"‘{current.name}’ begins {at}",
        more=charged[:1].upper() + charged[1:],
        sentence=f"If neither of you ends it by {at}, ‘{current.name}’ begins then, and {charged}.",
        at=current.begins_at,
    )


def _at_work(view: OrderView, current: Milestone) -> Silence:
    verb = "Late since" if current.late_at else "Late from"
    return Silence(
        head=f"{verb} {plain_minute(current.due_at)}",
        more="Nothing cancels itself, nothing is charged",
        sentence=f"Nothing cancels itself when a date passes. The money for this {view.facts.noun} stays held.",
        at=current.due_at,
    )


def _in_review(view: OrderView, current: Milestone) -> Silence:
    at = plain_minute(current.review_deadline)
    whole = "subscription" if view.facts.is_subscription else "order"
    end = f"the {whole} ends there. Nothing more is charged." if view.following else f"the {whole} is complete."
    return Silence(
        head=f"Ends {at}",
        more="Counts as accepted, nothing more charged",
        sentence=f"{condition_of(view)} by {at}, ‘{current.name}’ counts as accepted and {end}",
        at=current.review_deadline,
    )


def _nothing_begins() -> Silence:
    """The date of a month comes and nobody is there to work on it."""
    words = "Nothing begins and nothing is charged"
    return Silence(head="It waits", more=words, sentence=f"{words}.")


def _next_unpaid(view: OrderView, current: Milestone) -> Silence:
    at = plain_minute(view.order.pay_by)
    kept = "What was accepted stays paid." if view.facts.accepted else "Nothing is charged."
    return Silence(
        head=f"Ends {at}",
        more=f"{kept} ‘{current.name}’ never starts",
        sentence=f"{condition_of(view)} by {at}, the order ends and ‘{current.name}’ never starts. {kept}",
        at=view.order.pay_by,
    )
