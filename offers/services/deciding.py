"""Saying no, or taking it back, while the offer is open."""

from datetime import datetime

from accounts.models import User
from offers.errors import TooLong
from offers.models import Offer
from offers.services.door import move, side_of

REASON_LIMIT = 500


def decline_offer(*, offer: Offer, actor: User, reason: str = "", now: datetime | None = None) -> Offer:
    """Who got it says no, and may say why: the buyer to an offer, the seller to a counter-offer.

    Raises Unknown, NotYourStep, OfferNotOpen, OfferExpired, TooLong.
    """
    side, words = side_of(offer, actor), reason.strip()
    if len(words) > REASON_LIMIT:
        raise TooLong(field="reason", limit=REASON_LIMIT, length=len(words))
    return move(offer=offer, name="decline", side=side, now=now, reason=words)


def withdraw_offer(*, offer: Offer, actor: User, now: datetime | None = None) -> Offer:
    """Who sent it takes it back. Raises Unknown, NotYourStep, OfferNotOpen, OfferExpired."""
    return move(offer=offer, name="withdraw", side=side_of(offer, actor), now=now)
