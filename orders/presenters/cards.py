"""The card that pays next, in the buyer's words: which one, and whether it outlives the work (R-PAY-2)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.models import User
from orders.enums import MilestoneState
from orders.models import Milestone, Order
from orders.presenters.words import card_name, card_words, plain_day
from orders.selectors import OrderView, live_orders_by_card
from orders.services.funding import is_retriable
from payments.models import SavedMethod
from payments.selectors import saved_methods
from payments.stripe_gateway.declines import told_code

REFUSED = (MilestoneState.PAYMENT_FAILED, MilestoneState.ACTION_REQUIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCard:
    """A saved card on the page of one's cards; `orders` are those that it pays for."""

    method: SavedMethod
    orders: list[Order]
    is_expired: bool

    @property
    def id(self) -> str:
        return self.method.stripe_id


def kept_cards(user: User, *, now: datetime) -> list[KeptCard]:
    """The cards that `user` keeps, last used first."""
    in_use = live_orders_by_card(user)
    return [
        KeptCard(method=method, orders=in_use.get(method.pk, []), is_expired=_is_over(method, now))
        for method in saved_methods(user)
    ]


def capital_card(method: SavedMethod | None) -> str:
    """`card_words` at the head of a sentence."""
    words = card_words(method)
    return f"{words[:1].upper()}{words[1:]}"


def charged_card(view: OrderView) -> str:
    """The card that the charge under way takes, at the head of a sentence; it may be another than the order's."""
    charge = view.current.charge if view.current else None
    return card_name(charge.method_label) if charge and charge.method_label else capital_card(view.order.method)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCharge:
    """What a program needs to know before it accepts, and after the bank refused."""

    card: str
    card_expires_at: datetime | None
    warning: str
    refusal: str = ""
    refusal_code: str = ""
    remedy: str = ""
    retry_at: datetime | None = None


def next_charge_of(view: OrderView) -> NextCharge | None:
    """For the buyer of an order that has not ended."""
    if not view.is_buyer or view.is_over:
        return None
    card, current = view.order.card, view.current
    told = NextCharge(
        card=card.label if card else "",
        card_expires_at=card.expires_at if card else None,
        warning=expiry_warning(view),
    )
    charge = current.charge if current else None
    if current is None or charge is None or current.state not in REFUSED:
        return told
    return replace(
        told,
        refusal=charge.message,
        refusal_code=told_code(charge.code),
        remedy=charge.remedy,
        retry_at=current.retry_at if is_retriable(current) and current.state == MilestoneState.PAYMENT_FAILED else None,
    )


def expiry_warning(view: OrderView) -> str:
    """Said before the buyer accepts: the card ends before the next milestone's work does. Empty when it doesn't."""
    card, current = view.order.card, view.current
    following = current if current and current.state == MilestoneState.SCHEDULED else view.following
    if card is None or following is None or card.expires_at is None:
        return ""
    if following.begins_at is not None and view.facts.now < following.begins_at:
        return _month_warning(card, following)
    due = view.facts.now + timedelta(hours=24 * following.planned.days)
    if card.expires_at <= view.facts.now:
        return f"{capital_card(card)} was good to {card.expiry}: the bank may refuse it."
    if card.expires_at < due:
        return (
            f"{capital_card(card)} is good to {card.expiry} only, and ‘{following.name}’ is due {plain_day(due)}. What "
            "comes after it can’t be charged to this card."
        )
    return ""


def _month_warning(card: SavedMethod, month: Milestone) -> str:
    """A month is charged on its date, so the card has to be good then."""
    if card.expires_at is None or month.begins_at is None or month.begins_at < card.expires_at:
        return ""
    return (
        f"{capital_card(card)} is good to {card.expiry} only, and ‘{month.name}’ is charged "
        f"{plain_day(month.begins_at)}. Choose another card before then."
    )


def _is_over(method: SavedMethod, now: datetime) -> bool:
    return method.expires_at is not None and method.expires_at <= now
