"""Reviews for tests, through the services."""

from datetime import datetime

from orders.models import Order
from reviews.models import Review
from reviews.services import write_review

BUYERS, SELLERS = "Quick and careful.", "Knows what is wanted."


def buyer_says(order: Order, *, stars: int = 5, text: str = BUYERS, now: datetime | None = None) -> Review:
    return write_review(order=order, author=order.buyer, stars=stars, text=text, now=now)


def seller_says(order: Order, *, stars: int = 4, text: str = SELLERS, now: datetime | None = None) -> Review:
    return write_review(order=order, author=order.seller, stars=stars, text=text, now=now)
