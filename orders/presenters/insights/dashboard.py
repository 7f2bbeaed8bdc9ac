"""The seller's dashboard, put together once: constant in queries, whatever the number of orders (R-ORD-16)."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import SellerProfile, User
from orders.enums import FINAL_ORDER_STATES, Role
from orders.presenters.insights.ahead import Day, fortnight_of
from orders.presenters.insights.beginning import FirstStep, first_steps_of, is_new_seller
from orders.presenters.insights.chores import needs_of_gigs, needs_of_payouts
from orders.presenters.insights.conversion import Conversion, conversion_of
from orders.presenters.insights.expected import earnings_chart
from orders.presenters.insights.needs import Need, most_urgent_first, needs_from_above
from orders.presenters.insights.pace import Level
from orders.presenters.insights.running import Running, count_levels, running_of
from orders.presenters.insights.sales import needs_of_sales
from orders.presenters.insights.talks import needs_of_offers, needs_of_requests, needs_of_talks
from orders.selectors import OrderView, orders_of, view_order, with_milestones
from payments.presenters.bars import Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """`first_steps` stand where the figures would, for a seller who has published and sold nothing."""

    profile: SellerProfile
    needs: list[Need]
    running: list[Running]
    levels: list[tuple[Level, int]]
    fortnight: list[Day]
    held: int
    chart: Chart | None
    conversion: Conversion
    first_steps: list[FirstStep]

    @property
    def is_new(self) -> bool:
        return bool(self.first_steps)


def dashboard_of(user: User, *, now: datetime) -> Dashboard:
    views = running_sales(user, now=now)
    running = running_of(views)
    return Dashboard(
        profile=user.seller,
        needs=most_urgent_first(_needs(user, views, now)),
        running=running,
        levels=count_levels(running),
        fortnight=fortnight_of(user, views, now=now),
        held=sum(1 for view in views if view.order.held_since),
        chart=earnings_chart(user, views, now=now),
        conversion=conversion_of(user, now=now),
        first_steps=first_steps_of(user) if is_new_seller(user) else [],
    )


def running_sales(user: User, *, now: datetime) -> list[OrderView]:
    """Every order that `user` has to carry out and that has not ended, with its milestones and their steps."""
    orders = orders_of(user).filter(seller=user).exclude(state__in=FINAL_ORDER_STATES)
    return [view_order(order, user, now=now) for order in with_milestones(orders).prefetch_related("milestones__steps")]


def _needs(user: User, views: list[OrderView], now: datetime) -> list[Need]:
    return [
        *needs_of_sales(views),
        *needs_of_offers(user, now=now),
        *needs_of_requests(user),
        *needs_of_talks(user, now=now),
        *needs_of_payouts(user, now=now, earns=bool(views)),
        *needs_from_above(user, Role.SELLER, now=now),
        *needs_of_gigs(user, now=now),
    ]
