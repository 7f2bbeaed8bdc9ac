"""Who acts on an order: the one place that turns a person into a role (R-ORD-5, R-SUP-5)."""

from dataclasses import dataclass

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import may
from orders.enums import Role
from orders.errors import NotYours, OrderUnknown
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


def agent(user: User) -> Actor:
    """`user` as support. Raises NotYours without the permission `orders.cancel`."""
    if not (user.is_active and user.is_staff and user.has_perm("orders.cancel")):
        raise NotYours(role="support team")
    return Actor(Role.SUPPORT, user)
