"""Whose turn it is: one table, read for a page and asked by the list's filter.

While a milestone is being charged its charge says whether the bank or the buyer is wanted.
"""

from enum import StrEnum

from django.db.models import Q, QuerySet

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import acts_for
from orders.enums import ExtensionState, MilestoneState, OrderState, Role
from orders.guards import Facts
from orders.models import Milestone, Order
from orders.rows import Standing
from payments.enums import ChargeState

S, M = OrderState, MilestoneState


class Turn(StrEnum):
    BUYER = "buyer"
    SELLER = "seller"
    BANK = "bank"
    NOBODY = "nobody"


TURNS: dict[Standing, Turn] = {
    Standing(S.AWAITING_REQUIREMENTS, M.IN_PROGRESS): Turn.BUYER,
    Standing(S.ACTIVE, M.IN_PROGRESS): Turn.SELLER,
    Standing(S.ACTIVE, M.IN_REVISION): Turn.SELLER,
    Standing(S.ACTIVE, M.DELIVERED): Turn.BUYER,
    Standing(S.ACTIVE, M.SCHEDULED): Turn.NOBODY,
    Standing(S.AWAITING_NEXT_PAYMENT, M.PAYMENT_FAILED): Turn.BUYER,
    Standing(S.AWAITING_NEXT_PAYMENT, M.ACTION_REQUIRED): Turn.BUYER,
}
PAYER_WANTED = (ChargeState.AWAITING_PAYER, ChargeState.DECLINED, ChargeState.ACTION_REQUIRED)


def turn_of(facts: Facts) -> Turn:
    """Who has to do the next thing; nobody while the order is on hold."""
    current = facts.current
    if current is None or facts.order.held_since:
        return Turn.NOBODY
    if current.state == M.CHARGING:
        return Turn.BUYER if _payer_wanted(current) else Turn.BANK
    return TURNS[facts.standing]


def is_yours(facts: Facts, role: Role) -> bool:
    """Whether `role` has something to do now; a seller too, who is asked for more time (R-ORD-8)."""
    asked = facts.current is not None and not facts.order.held_since and _asked_for_time(facts.current)
    return turn_of(facts).value == role.value or (role == Role.SELLER and asked)


def waiting_for(user: User, orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those of `orders` in which `user` has something to do now."""
    sold = Q(order__seller__in=acts_for(user, Ability.SEE_ORDERS)) & ~Q(order__buyer=user)
    milestones = Milestone.objects.filter(
        (_in_turn(Turn.BUYER) & Q(order__buyer=user)) | (_in_turn(Turn.SELLER) & sold)
    )
    return orders.filter(pk__in=milestones.values("order"), held_since=None)


def _in_turn(turn: Turn) -> Q:
    condition = Q()
    for standing, who in TURNS.items():
        if who == turn:
            condition |= Q(order__state=standing.order, state=standing.milestone)
    if turn == Turn.BUYER:
        condition |= Q(state=M.CHARGING, charge__state__in=PAYER_WANTED)
    else:
        condition |= Q(state=M.DELIVERED, extension=ExtensionState.ASKED)
    return condition


def _payer_wanted(milestone: Milestone) -> bool:
    return milestone.charge is None or milestone.charge.state in PAYER_WANTED


def _asked_for_time(milestone: Milestone) -> bool:
    return milestone.state == M.DELIVERED and milestone.extension == ExtensionState.ASKED
