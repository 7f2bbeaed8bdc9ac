"""Reading reviews. What is not revealed is for its author alone: every other door here leads to revealed ones."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Avg, Count, Q, QuerySet

from accounts.models import User
from gigs.models import Gig
from marketplace.kernel.errors import Unknown
from orders.enums import OrderState, Role
from orders.models import Order
from orders.selectors import orders_of
from reviews.errors import ReviewUnknown
from reviews.models import REVEAL_AFTER, Review


def revealed() -> QuerySet[Review]:
    """Every review that anyone may see, the newest first."""
    shown = Review.objects.filter(revealed_at__isnull=False).select_related("author", "subject", "gig")
    return shown.order_by("-revealed_at", "-pk")


def reviews_of_gig(gig: Gig) -> QuerySet[Review]:
    return revealed().filter(gig=gig, side=Role.BUYER)


def reviews_of_seller(seller: User) -> QuerySet[Review]:
    """What buyers say of `seller`, about gigs and offers."""
    return revealed().filter(subject=seller, side=Role.BUYER)


@dataclass(frozen=True, slots=True)
class Rating:
    """`average` has one decimal; None without reviews."""

    count: int
    average: float | None


def rating_of(reviews: QuerySet[Review]) -> Rating:
    found = reviews.order_by().aggregate(count=Count("pk"), average=Avg("stars"))
    return Rating(found["count"], round(found["average"], 1) if found["average"] is not None else None)


class Pair(NamedTuple):
    """What one side of an order sees: their own review, and the other's once it is revealed."""

    own: Review | None
    other: Review | None


def pair_of(order: Order, side: Role) -> Pair:
    rows = Review.objects.filter(Q(side=side) | Q(revealed_at__isnull=False), order=order)
    by_side = {review.side: review for review in rows.select_related("author", "subject")}
    return Pair(by_side.pop(side, None), next(iter(by_side.values()), None))


def own_order(*, user: User, public_id: str) -> Order:
    """An order of which `user` is a side in person. Raises Unknown."""
    mine = Q(buyer=user) | Q(seller=user)
    order = orders_of(user).filter(mine, public_id=public_id).first()
    if order is None:
        raise Unknown
    return order


def revealed_review(*, public_id: str) -> Review:
    """Raises ReviewUnknown, the same for one that is not revealed as for none."""
    review = revealed().filter(public_id=public_id).first()
    if review is None:
        raise ReviewUnknown
    return review


def orders_to_review(user: User, side: Role, *, now: datetime) -> list[Order]:
    """Completed orders on which `user` has not said a word yet, those that close first at the head."""
    orders = Order.objects.filter(state=OrderState.COMPLETED, ended_at__gt=now - REVEAL_AFTER)
    mine = orders.filter(buyer=user) if side == Role.BUYER else orders.filter(seller=user)
    unsaid = mine.exclude(reviews__side=side).select_related("buyer", "seller")
    return list(unsaid.order_by("ended_at", "pk"))
