"""A person's due dates and deadlines as an iCalendar feed (R-ORD-15, RFC 5545 and 7986).

An order shows the instants at which something is expected of its two people or happens by itself; one on hold shows
none, as its clocks stand still. What has not changed is equal byte by byte.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import TRANSP, Calendar, Event, vDuration

from accounts.models import User
from marketplace.web import instants
from orders.enums import MilestoneState
from orders.models import Milestone
from orders.presenters.silence import silence_of
from orders.presenters.turns import Turn, turn_of
from orders.presenters.words import other
from orders.selectors import Change, OrderView, changes_of, own_running_orders, view_order

M = MilestoneState
READ_AGAIN_AFTER = timedelta(hours=1)


class Kind(StrEnum):
    DUE = "due"
    REVIEW = "review"
    PAY = "pay"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """What a person's calendar shows of an order, and when."""

    at: datetime
    kind: Kind
    summary: str


def calendar_of(user: User, *, now: datetime) -> bytes:
    """All instants of the orders that `user` buys and sells, the next first. Words are in the person's time zone."""
    orders = list(own_running_orders(user))
    changes = changes_of(orders)
    found = []
    with timezone.override(instants.zone_named(user.timezone)):
        for order in orders:
            view = view_order(order, user, now=now)
            if view.current and (instant := instant_of(view, view.current)):
                found.append((instant.at, order.pk, _event(view, view.current, instant, changes[order.pk])))
    calendar = _empty(user)
    for *_, event in sorted(found, key=lambda each: each[:2]):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def instant_of(view: OrderView, current: Milestone) -> Instant | None:
    """The next instant of the milestone under way, as `view`'s person has to know it; one at a time."""
    if view.order.held_since:
        return None
    name = f"‘{current.name}’"
    match M(current.state):
        case M.IN_PROGRESS | M.IN_REVISION if current.due_at:
            summary = f"{name} is due" if view.is_buyer else f"Deliver {name}"
            return Instant(at=current.due_at, kind=Kind.DUE, summary=summary)
        case M.DELIVERED if current.review_deadline:
            summary = f"Decide on {name}" if view.is_buyer else f"{name} counts as accepted"
            return Instant(at=current.review_deadline, kind=Kind.REVIEW, summary=summary)
        case M.SCHEDULED if current.begins_at and not view.seller_left:
            return Instant(at=current.begins_at, kind=Kind.MONTH, summary=f"{name} is charged and begins")
        case _ if view.can_pay and turn_of(view.facts) == Turn.BUYER:
            until = view.order.pay_by or view.order.unpaid_deadline
            return Instant(at=until, kind=Kind.PAY, summary=f"Pay for {name}")
    return None


def _event(view: OrderView, current: Milestone, instant: Instant, change: Change) -> Event:
    url = f"{settings.SITE_URL}{reverse('orders:order', args=[view.order.public_id])}"
    about = f"{view.order.title}, with {other(view).first_name}."
    return Event.new(
        uid=f"{instant.kind}-{current.public_id}@{_host()}",
        start=instant.at,
        summary=instant.summary,
        description="\n\n".join([about, silence_of(view).sentence, url]),
        url=url,
        transparency=TRANSP.TRANSPARENT,  # a deadline keeps nobody busy
        stamp=change.last_at,
        last_modified=change.last_at,
        sequence=change.number,
    )


def _empty(user: User) -> Calendar:
    calendar = Calendar.new(
        prodid="-//Milepost//Due dates//EN",
        uid=f"{user.public_id}@{_host()}",
        method="PUBLISH",
        name="Milepost",
    )
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(READ_AGAIN_AFTER))  # the same for Outlook
    return calendar


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""
