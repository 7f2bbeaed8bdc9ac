"""Accepting an offer: one half of placing an order, which is why only `orders.services.placing` calls it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from marketplace.web.clock import database_now
from offers.errors import OfferChanged
from offers.models import Offer
from offers.services.door import check, close, lock_offer, side_of
from offers.transitions import OFFERS


@transaction.atomic
def accept_offer(*, offer: Offer, buyer: User, shown_digest: str, now: datetime | None = None) -> Offer:
    """Accept exactly the terms that `buyer` was shown, once; joins the caller's transaction (R-OFR-5).

    The row's lock makes the second of two accepts find it accepted. Raises Unknown, NotYourStep, OfferNotOpen,
    OfferExpired, or OfferChanged when `shown_digest` is not that of the plan.
    """
    locked = lock_offer(offer)
    moment = now or database_now()
    row = OFFERS.find("accept")
    check(offer=locked, row=row, side=side_of(locked, buyer), now=moment)
    if locked.plan is None or locked.plan.digest != shown_digest:
        raise OfferChanged
    close(offer=locked, row=row, now=moment)
    return locked
