"""What waits on a buyer: deliveries to decide, payments, answers, offers (R-ORD-16)."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from offers.enums import OfferState, Side
from offers.models import Offer
from orders.enums import MilestoneState, Role
from orders.models import Milestone
from orders.presenters.insights.needs import Need, Urgency, most_urgent_first, needs_from_above
from orders.presenters.turns import waiting_for
from orders.presenters.words import plain_minute
from orders.selectors import OrderView, orders_of, view_order, with_milestones

M = MilestoneState


def needs_of_buyer(user: User, *, now: datetime) -> list[Need]:
    """Each order and offer once, the earliest deadline first."""
    waiting = waiting_for(user, with_milestones(orders_of(user).filter(buyer=user)))
    views = [view_order(order, user, now=now) for order in waiting]
    orders = [_order(view, view.current) for view in views if view.current is not None]
    above = needs_from_above(user, Role.BUYER, now=now)
    return most_urgent_first([*orders, *_offers(user, now), *above])


def _order(view: OrderView, current: Milestone) -> Need:
    match M(current.state):
        case M.DELIVERED:
            return _decide(view, current)
        case M.IN_PROGRESS:
            return _answer(view, current)
    return _pay(view, current)


def _decide(view: OrderView, current: Milestone) -> Need:
    by = plain_minute(current.review_deadline)
    return Need(
        kind="decide",
        urgency=Urgency.DATED,
        icon="eye",
        text=f"{view.order.seller.first_name} delivered ‘{current.name}’; without a word from you by {by} it counts as "
        "accepted.",
        about=view.order.title,
        action=f"Review ‘{current.name}’",
        url=_page(view, "decide"),
        at=current.review_deadline,
    )


def _answer(view: OrderView, current: Milestone) -> Need:
    first = view.order.seller.first_name
    return Need(
        kind="answer_requirements",
        urgency=Urgency.WAITING,
        icon="clipboard-list",
        text=f"{first} can’t begin ‘{current.name}’ before you have answered a few questions.",
        about=view.order.title,
        action=f"Answer {first}’s questions",
        url=_page(view, "answers"),
        at=current.charge.succeeded_at if current.charge else view.order.created_at,
    )


def _pay(view: OrderView, current: Milestone) -> Need:
    """The first milestone of an unpaid order, or the next one whose payment wants the buyer (R-PAY-2)."""
    until = view.order.pay_by or view.order.unpaid_deadline
    return Need(
        kind="pay",
        urgency=Urgency.DATED,
        icon="credit-card",
        text=f"‘{current.name}’ waits for your payment; the order ends {plain_minute(until)} without it.",
        about=view.order.title,
        action=f"Pay {current.to_pay}",
        url=_page(view, "decide"),
        at=until,
    )


def _offers(user: User, now: datetime) -> Iterator[Need]:
    """Offers made to `user` that are open: a counter-offer of their own waits for the seller."""
    made = Offer.objects.filter(buyer=user, made_by=Side.SELLER, state=OfferState.SENT, expires_at__gt=now)
    for offer in made.select_related("seller"):
        first = offer.seller.first_name
        yield Need(
            kind="answer_offer",
            urgency=Urgency.DATED,
            icon="file-text",
            text=f"{first} made you an offer; it is open until {plain_minute(offer.expires_at)}.",
            about=offer.title,
            action="Look at the offer",
            url=offer.get_absolute_url(),
            at=offer.expires_at,
        )


def _page(view: OrderView, part: str) -> str:
    return f"{reverse('orders:order', args=[view.order.public_id])}#{part}"
