"""The buyer's saved cards, as orders need them: which one pays next, and that one in use is not removed (R-PAY-2).

Payments keep the cards and know no orders; so the question whether a live order needs one is asked here, under the
lock of every live order of the buyer, before payments are told to forget it.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from marketplace.web.clock import database_now
from orders import errors
from orders.actors import party
from orders.enums import FINAL_ORDER_STATES, Role
from orders.models import Order, TimelineEntry
from orders.services.door import lock_order, transition
from payments.errors import MethodRemoved
from payments.models import SavedMethod
from payments.selectors import saved_method
from payments.services.methods import remove_method


@transaction.atomic
def remove_card(*, user: User, stripe_id: str, now: datetime | None = None) -> None:
    """Keep a card no longer. Raises MethodUnknown, CardInUse while a live order is paid with it, MethodBusy."""
    method = saved_method(user, stripe_id)
    live = Order.objects.select_for_update().filter(buyer=user).exclude(state__in=FINAL_ORDER_STATES).order_by("pk")
    users = [order for order in live if order.method_id == method.pk]
    if users:
        more = f" and {len(users) - 1} more" if len(users) > 1 else ""
        raise errors.CardInUse(card=method.label, order=users[0].title, more=more)
    remove_method(user=user, stripe_id=stripe_id, now=now or database_now())


@transaction.atomic
def choose_card(*, order: Order, actor: User, stripe_id: str, now: datetime | None = None) -> None:
    """Let a saved card pay for what comes next in `order`. What is being charged already stays where it is.

    Raises NotYours for the seller, MethodUnknown, MethodRemoved, NothingToPay once it has ended.
    """
    buyer = party(order, actor)
    if buyer.role != Role.BUYER:
        raise errors.NotYours(role="buyer")
    locked = lock_order(order.pk)
    if locked.state in FINAL_ORDER_STATES:
        raise errors.NothingToPay
    method = _lock_card(actor, stripe_id)
    if locked.method_id == method.pk:
        return
    locked.method = method
    locked.save(update_fields=["method"])
    TimelineEntry.objects.create(
        order=locked,
        name="choose_card",
        role=buyer.role,
        actor=actor,
        at=now or database_now(),
        order_state=locked.state,
        data={"method": method.label},
    )


def charge_saved_card(*, order: Order, actor: User, stripe_id: str, now: datetime | None = None) -> None:
    """After a refusal: charge a saved card at once, the same again or another (R-PAY-2).

    Raises MethodUnknown, MethodRemoved, NothingToRetry for a card that the bank refused for good.
    """
    method = saved_method(actor, stripe_id)
    with transition(order=order, name="charge_saved_card", actor=party(order, actor), now=now) as step:
        step.method = method
        step.data["method"] = method.label


def _lock_card(user: User, stripe_id: str) -> SavedMethod:
    """Locked, so that it isn't removed while an order takes it."""
    method = SavedMethod.objects.select_for_update().get(pk=saved_method(user, stripe_id).pk)
    if not method.is_active:
        raise MethodRemoved
    return method
