"""Who acts on an order: the one place that turns a person into a role (R-ORD-5, R-SUP-5)."""

from dataclasses import dataclass

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import may, sides_of
from orders.enums import Role
from orders.errors import NotYours, OrderUnknown, OwnMatter
from orders.models import Order


@dataclass(frozen=True, slots=True)
class Actor:
    """A role, and the person in it; the clock and the bank have none."""

    role: Role
    user: User | None = None


CLOCK = Actor(Role.TIMER)
BANK = Actor(Role.PAYMENTS)


def party(order: Order, user: User, ability: Ability = Ability.DELIVER) -> Actor:
    """`user` as buyer or seller of `order`; a stranger learns nothing (OrderUnknown, 404).

    Who has `ability` in the seller's team acts as the seller, under their own name; never on an order of their own.
    """
    if user.pk == order.buyer_id:
        return Actor(Role.BUYER, user)
    if user.pk == order.seller_id or may(user, order.seller, ability):
        return Actor(Role.SELLER, user)
    raise OrderUnknown


def agent(user: User, order: Order) -> Actor:
    """`user` as support, for `order`. Raises NotYours without the permission, OwnMatter on a side of it."""
    return agent_between(user, order.buyer_id, order.seller_id)


def agent_between(user: User, *people: int) -> Actor:
    """`user` as support in what is about `people` (keys of users).

    Raises NotYours without the permission `orders.cancel`, and OwnMatter as `stand_apart` does.
    """
    if not (user.is_active and user.is_staff and user.has_perm("orders.cancel")):
        raise NotYours(role="support team")
    stand_apart(user, *people)
    return Actor(Role.SUPPORT, user)


def stand_apart(user: User, *people: int) -> None:
    """Raises OwnMatter when `user` is one of `people`, or works or has worked for one; superusers too (R-SUP-5)."""
    if not stands_apart(user, *people):
        raise OwnMatter


def stands_apart(user: User, *people: int) -> bool:
    """Whether `stand_apart` lets `user` act: what pages ask before they show a button."""
    return sides_of(user).isdisjoint(people)
