"""One order per line of the list: what it is, how far it has come, whose turn it is. Constant in queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from accounts.models import User
from marketplace.kernel.money import Money
from orders.enums import FINAL_ORDER_STATES
from orders.models import Order
from orders.presenters.answers import Answer, answer_whose
from orders.presenters.rail import Post, is_late, label_of, small_posts, state_words
from orders.presenters.silence import silence_of
from orders.presenters.turns import waiting_for
from orders.presenters.words import other, total_price
from orders.selectors import OrderView, orders_of, view_order, with_milestones


class Side(StrEnum):
    """Which of the two a person is."""

    BUYING = "buying"
    SELLING = "selling"

    @property
    def label(self) -> str:
        return self.capitalize()

    @classmethod
    def read(cls, text: str | None) -> "Side":
        return cls(text) if text in set(cls) else cls.BUYING


class Filter(StrEnum):
    ALL = "all"
    MINE = "waiting"
    RUNNING = "running"
    ENDED = "ended"

    @classmethod
    def read(cls, text: str | None) -> "Filter":
        return cls(text) if text in set(cls) else cls.ALL

    @property
    def label(self) -> str:
        return {
            Filter.ALL: "All",
            Filter.MINE: "Waiting for me",
            Filter.RUNNING: "Running",
            Filter.ENDED: "Ended",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`state` is the milestone's that is under way, else why the order ended; `state_words` say it to this side."""

    order: Order
    other: User
    posts: list[Post]
    rail_label: str
    whose: Answer
    total: Money
    state: str
    state_words: str
    deadline: datetime | None


def orders_for(user: User, *, side: Side, chosen: Filter) -> QuerySet[Order]:
    orders = with_milestones(_on_side(user, side))
    match chosen:
        case Filter.MINE:
            return waiting_for(user, orders)
        case Filter.RUNNING:
            return orders.exclude(state__in=FINAL_ORDER_STATES)
        case Filter.ENDED:
            return orders.filter(state__in=FINAL_ORDER_STATES)
    return orders


def count_waiting(user: User, *, side: Side) -> int:
    """How many orders of one side wait for `user`: the number on the tab."""
    return waiting_for(user, _on_side(user, side)).count()


def rows_of(orders: Sequence[Order], user: User, *, now: datetime) -> list[Row]:
    return [_row(view_order(order, user, now=now)) for order in orders]


def _on_side(user: User, side: Side) -> QuerySet[Order]:
    return orders_of(user).filter(buyer=user) if side == Side.BUYING else orders_of(user).filter(seller=user)


def _row(view: OrderView) -> Row:
    current = view.current
    return Row(
        order=view.order,
        other=other(view),
        posts=small_posts(view.facts),
        rail_label=label_of(view.facts),
        whose=answer_whose(view),
        total=total_price(view.facts.milestones, view.order),
        state=_state(view),
        state_words=state_words(view, current) if current and not view.order.held_since else "",
        deadline=silence_of(view).at,
    )


def _state(view: OrderView) -> str:
    if view.current is None:
        return view.order.completion or view.order.state
    if view.order.held_since:
        return "on_hold"
    return "late" if is_late(view.facts) else view.current.state
