"""What pages show of reviews: a page of a list, the card of an order, the pieces on others' pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig
from marketplace.kernel import clock
from marketplace.web.places import Piece, fill_place
from orders.enums import Role
from orders.models import Order
from orders.presenters.insights.needs import SOON, Need, Urgency, register_needs
from orders.presenters.words import plain_day
from reviews import rules
from reviews.models import REVEAL_AFTER, Review
from reviews.selectors import Pair, Rating, orders_to_review, pair_of, rating_of, reviews_of_gig, reviews_of_seller

PER_PAGE, ON_OTHER_PAGES = 20, 4


def public_name(user: User) -> str:
    """ "Bruno B.": enough to be a person, too little to be found. Nothing of an address of who gave no name."""
    first, *rest = user.name.split()[:2] or [""]
    return " ".join([first, *(f"{word[0]}." for word in rest)]) or "Somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A revealed review as anyone reads it."""

    review: Review
    name: str
    seller: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """`older` is the cursor of the next page, "" on the last. `about` and `url` name whom it is about."""

    about: str
    url: str
    rating: Rating
    shown: list[Shown]
    older: str


def page_of(reviews: QuerySet[Review], *, about: str, url: str, cursor: str = "", size: int = PER_PAGE) -> ReviewPage:
    """Newest first, by key: nothing is shown twice when reviews arrive meanwhile. A made-up cursor is no cursor."""
    found = list(_after(reviews, cursor)[: size + 1])
    rows = found[:size]
    last = rows[-1] if len(found) > size else None
    return ReviewPage(
        about=about,
        url=url,
        rating=rating_of(reviews),
        shown=[shown(review) for review in rows],
        older=f"{last.revealed_at.isoformat()}_{last.pk}" if last and last.revealed_at else "",
    )


def shown(review: Review) -> Shown:
    return Shown(review=review, name=public_name(review.author), seller=review.subject.first_name)


def _after(reviews: QuerySet[Review], cursor: str) -> QuerySet[Review]:
    at, _, key = cursor.rpartition("_")
    try:
        moment, pk = datetime.fromisoformat(at), int(key)
    except ValueError:
        return reviews
    if moment.tzinfo is None or not 0 < pk < 2**63:
        return reviews
    return reviews.filter(Q(revealed_at__lt=moment) | Q(revealed_at=moment, pk__lt=pk))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReviews:
    """The reviews of an order as one of its two people sees them. `why_not`: nothing can be written any more."""

    order: Order
    other: User
    pair: Pair
    closes_at: datetime
    can_write: bool
    can_answer: bool


def order_reviews(order: Order, user: User, *, now: datetime) -> OrderReviews | None:
    """None for an order that is not completed."""
    closes_at = rules.closes_at(order)
    if closes_at is None:
        return None
    side = rules.side_of(order, user)
    pair = pair_of(order, side)
    done = pair.own is not None and pair.own.revealed_at is not None
    return OrderReviews(
        order=order,
        other=order.seller if side == Role.BUYER else order.buyer,
        pair=pair,
        closes_at=closes_at,
        can_write=rules.refusal(order, revealed=done, now=now) is None,
        can_answer=side == Role.SELLER and pair.other is not None and pair.other.answered_at is None,
    )


# --- On others' pages -------------------------------------------------------------------------------------------------
def take_places() -> None:
    fill_place("order", _on_order)
    fill_place("gig", _on_gig)
    fill_place("seller", _on_seller)
    register_needs(_needs)


def _on_order(request: HttpRequest, order: Order) -> Piece | None:
    """For the two people themselves: a review is personal."""
    user = request.user
    if not isinstance(user, User) or user.pk not in (order.buyer_id, order.seller_id):
        return None
    reviews = order_reviews(order, user, now=clock.now())
    return Piece(template="reviews/of_order.html", context={"reviews": reviews}) if reviews else None


def _on_gig(_request: HttpRequest, gig: Gig) -> Piece | None:
    url = reverse("reviews:gig", args=[gig.public_id])
    return _some(page_of(reviews_of_gig(gig), about=gig.title, url=url, size=ON_OTHER_PAGES))


def _on_seller(_request: HttpRequest, seller: User) -> Piece | None:
    url = reverse("reviews:seller", args=[seller.public_id])
    return _some(page_of(reviews_of_seller(seller), about=seller.first_name, url=url, size=ON_OTHER_PAGES))


def _some(page: ReviewPage) -> Piece | None:
    return Piece(template="reviews/some.html", context={"page": page}) if page.shown else None


def _needs(user: User, side: Role, now: datetime) -> Iterator[Need]:
    """Orders that are over and wait for a word."""
    for order in orders_to_review(user, side, now=now):
        other = order.seller if side == Role.BUYER else order.buyer
        closes_at = order.ended_at + REVEAL_AFTER if order.ended_at else now
        yield Need(
            kind="write_review",
            urgency=Urgency.DATED if closes_at - now <= SOON else Urgency.CHORE,
            icon="star",
            text=f"How was it with {other.first_name}? You can say so until {plain_day(closes_at)}.",
            about=order.title,
            action=f"Review {other.first_name}",
            url=reverse("reviews:write", args=[order.public_id]),
            at=closes_at,
        )
