"""Who may review which order, and until when (R-ORD-17)."""

from datetime import datetime

from accounts.models import User
from marketplace.kernel.errors import DomainError, Invalid
from orders.enums import Completion, OrderState, Role
from orders.errors import OrderUnknown
from orders.models import Order
from reviews import errors
from reviews.models import REASON_LIMIT, REVEAL_AFTER, TEXT_LIMIT


def side_of(order: Order, user: User) -> Role:
    """The two people of the order themselves: a review is personal, so a team has none. Raises OrderUnknown."""
    sides = {order.buyer_id: Role.BUYER, order.seller_id: Role.SELLER}
    if user.pk not in sides:
        raise OrderUnknown
    return sides[user.pk]


def closes_at(order: Order) -> datetime | None:
    """When what was written is revealed at the latest; None for an order that can't be reviewed."""
    if order.state != OrderState.COMPLETED or order.ended_at is None:
        return None
    return order.ended_at + REVEAL_AFTER


def refusal(order: Order, *, revealed: bool, now: datetime) -> DomainError | None:
    """Why nothing can be written now; None when it can. `revealed`: both reviews are shown already."""
    end = closes_at(order)
    if end is None:
        return errors.OrderNotCompleted()
    if now >= end:
        return errors.ReviewTimeOver(day=f"{end.day} {end:%B}")
    return errors.ReviewRevealed() if revealed else None


def failures(*, stars: int, text: str, why_stopped: str = "") -> list[Invalid]:
    found: list[Invalid] = []
    if not 1 <= stars <= 5:
        found.append(errors.StarsMissing(field="stars"))
    if not text.strip():
        found.append(errors.WordsMissing(field="text"))
    if len(text.strip()) > TEXT_LIMIT:
        found.append(errors.TooManyWords(field="text", limit=TEXT_LIMIT))
    if len(why_stopped.strip()) > REASON_LIMIT:
        found.append(errors.TooManyWords(field="why_stopped", limit=REASON_LIMIT))
    return found


def asks_why(order: Order, side: Role) -> bool:
    """A stopped order asks its buyer why."""
    return side == Role.BUYER and order.completion == Completion.STOPPED
