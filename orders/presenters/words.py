"""Small words that every part of the order page shares."""

from datetime import datetime

from accounts.models import User
from marketplace.kernel.money import Money
from marketplace.web import instants
from orders.models import Milestone, Order
from orders.selectors import OrderView
from payments.models import SavedMethod


def other(view: OrderView) -> User:
    """The other side, as `view`'s person sees it."""
    return view.order.seller if view.is_buyer else view.order.buyer


def minute(moment: datetime | None) -> str:
    """ "Thu 19 Nov, 16:40" in the reader's zone, as <time>."""
    return instants.tag(moment, instants.minute)


def plain_minute(moment: datetime | None) -> str:
    local = instants.read(moment)
    return instants.minute(local) if local else ""


def plain_day(moment: datetime | None) -> str:
    """ "Thu 19 Nov" in the reader's zone."""
    local = instants.read(moment)
    return instants.day(local) if local else ""


def counted(number: int, noun: str) -> str:
    """ "1 milestone", "3 milestones"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def long_words(seconds: int) -> str:
    """ "3 days and 4 hours", "20 minutes": how long, in at most two units."""
    units = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)]
    parts = []
    for noun, size in units:
        number, seconds = divmod(seconds, size)
        parts += [counted(number, noun)] if number else []
    return " and ".join(parts[:2])


def percent(basis_points: int) -> str:
    """ "5 %", with a space that does not break."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "\u00a0%"


def card_words(method: SavedMethod | None) -> str:
    """What the buyer calls a saved method in a sentence: "Visa ending 4242"."""
    return card_name(method.label) if method else "your card"


def card_name(label: str) -> str:
    """ "Visa ending 4242" from the label of a method."""
    return label.replace("•••• ", "ending ")


def fee_words(milestone: Milestone) -> str:
    """ "$220.00 and the 5 % service fee of $11.00", or the price alone where there is no fee."""
    fee_bp = milestone.order.policy.buyer_fee_bp
    if not fee_bp:
        return f"{milestone.price}, with no fee on top"
    return f"{milestone.price} and the {percent(fee_bp)} service fee of {milestone.fee}"


def total_price(milestones: list[Milestone], order: Order) -> Money:
    """The seller's price of the whole plan, from milestones that are read already."""
    return Money(sum(m.planned.amount for m in milestones), order.currency)
