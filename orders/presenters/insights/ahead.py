"""The fortnight that comes, day by day in the seller's time zone: what is due, what is decided, what is paid."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from marketplace.kernel.money import Money
from marketplace.web import instants
from offers.enums import OfferState
from offers.models import Offer
from orders.enums import MilestoneState
from orders.models import Milestone
from orders.selectors import OrderView
from payments.enums import TransferState
from payments.models import Transfer

M = MilestoneState
DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """One thing of a day. `kind`: due, review, charge, pay_by, clears or offer."""

    at: datetime
    kind: str
    icon: str
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day with what comes on it; or, with nothing, the days from `first` to `last` in one line."""

    first: date
    last: date
    coming: tuple[Coming, ...]
    is_today: bool

    @property
    def name(self) -> str:
        first = instants.plain_date(self.first)
        return first if self.first == self.last else f"{first} to {instants.plain_date(self.last)}"


def fortnight_of(user: User, views: Iterable[OrderView], *, now: datetime) -> list[Day]:
    """Every one of the fourteen days, today first; neighbours on which nothing comes are one entry."""
    today = timezone.localdate(now)
    by_day: dict[date, list[Coming]] = {today + timedelta(days=number): [] for number in range(DAYS)}
    for coming in _everything(user, views, now):
        if coming.at > now and (day := timezone.localdate(coming.at)) in by_day:
            by_day[day].append(coming)
    return list(_merged(by_day, today))


def _merged(by_day: dict[date, list[Coming]], today: date) -> Iterator[Day]:
    for is_empty, group in groupby(by_day, key=lambda day: not by_day[day]):
        days = list(group)
        if is_empty:
            yield Day(first=days[0], last=days[-1], coming=(), is_today=days[0] == today)
            continue
        for day in days:
            coming = tuple(sorted(by_day[day], key=lambda each: each.at))
            yield Day(first=day, last=day, coming=coming, is_today=day == today)


def dates_before(end: datetime | None, views: Iterable[OrderView], *, now: datetime) -> list[Coming]:
    """Which dates of running orders come before `end`, or at all; at the instant itself one comes after it."""
    return sorted(
        (each for each in dates_of(views) if each.at > now and (end is None or each.at < end)), key=lambda each: each.at
    )


def dates_of(views: Iterable[OrderView]) -> Iterator[Coming]:
    """The dates of running orders. One on hold has none until it goes on."""
    for view in views:
        if view.current is not None and not view.order.held_since:
            yield from _of_order(view, view.current)


def _everything(user: User, views: Iterable[OrderView], now: datetime) -> Iterator[Coming]:
    yield from dates_of(views)
    yield from _of_offers(user, now)
    yield from _of_payouts(user, now)


def _of_order(view: OrderView, current: Milestone) -> Iterator[Coming]:
    url, first, name = reverse("orders:order", args=[view.order.public_id]), view.order.buyer.first_name, current.name
    match M(current.state):
        case M.IN_PROGRESS | M.IN_REVISION if current.due_at:
            yield Coming(at=current.due_at, kind="due", icon="flag", text=f"‘{name}’ for {first} is due", url=url)
        case M.DELIVERED if current.review_deadline:
            text = f"{first}’s time to decide about ‘{name}’ ends; in silence it counts as accepted"
            yield Coming(at=current.review_deadline, kind="review", icon="eye", text=text, url=url)
        case M.SCHEDULED if current.begins_at:
            text = f"‘{name}’ for {first} is charged and begins, unless one of you ends the subscription before"
            yield Coming(at=current.begins_at, kind="charge", icon="calendar-clock", text=text, url=url)
        case M.PAYMENT_FAILED | M.ACTION_REQUIRED:
            if current.retry_at and current.state == M.PAYMENT_FAILED:
                text = f"{first} is asked for {current.price} for ‘{name}’ once more"
                yield Coming(at=current.retry_at, kind="charge", icon="credit-card", text=text, url=url)
            if view.order.pay_by:
                text = f"The order ends if {first} has not paid for ‘{name}’"
                yield Coming(at=view.order.pay_by, kind="pay_by", icon="timer-off", text=text, url=url)


def _of_offers(user: User, now: datetime) -> Iterator[Coming]:
    open_ones: QuerySet[Offer] = Offer.objects.filter(seller=user, state=OfferState.SENT, expires_at__gt=now)
    for offer in open_ones.filter(expires_at__lt=now + timedelta(days=DAYS)).select_related("buyer"):
        if offer.expires_at:
            text = f"The offer “{offer.title}” for {offer.buyer.first_name} expires"
            yield Coming(at=offer.expires_at, kind="offer", icon="file-text", text=text, url=offer.get_absolute_url())


def _of_payouts(user: User, now: datetime) -> Iterator[Coming]:
    """Money that clears, one line for each day and currency."""
    waiting = Transfer.objects.filter(
        payee=user, state=TransferState.WAITING, clears_at__gt=now, clears_at__lt=now + timedelta(days=DAYS)
    )
    sums: dict[tuple[date, str], tuple[datetime, int]] = {}
    for transfer in waiting.order_by("clears_at"):
        key = timezone.localdate(transfer.clears_at), transfer.currency
        at, amount = sums.get(key, (transfer.clears_at, 0))
        sums[key] = at, amount + transfer.amount
    for (_, currency), (at, amount) in sums.items():
        text = f"{Money(amount, currency)} of what you earned clears"
        yield Coming(at=at, kind="clears", icon="wallet", text=text, url=reverse("payments:earnings"))
