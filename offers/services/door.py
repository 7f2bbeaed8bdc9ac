"""The one door for an offer's state: lock → check the table and the deadline → change → tell (R-OFR-5).

Lock order: offer → conversation.
"""

from datetime import datetime

from django.db import transaction

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import may
from inbox.services import refresh_card
from marketplace.kernel.errors import Unknown
from marketplace.web.clock import database_now
from marketplace.web.instants import minute, read
from offers.enums import OfferState, Side
from offers.errors import CounterNotAccepted, NotACounter, NotYourStep, OfferExpired, OfferNotOpen
from offers.models import Offer
from offers.services.telling import tell
from offers.transitions import OFFERS, OfferTransition

CARD = "offer"


def lock_offer(offer: Offer) -> Offer:
    """The offer, locked, with what its steps need. Call inside a transaction."""
    found = Offer.objects.select_for_update(of=("self",))
    return found.select_related(
        "buyer", "seller__seller", "gig__subcategory", "policy", "plan", "conversation", "request"
    ).get(pk=offer.pk)


def side_of(offer: Offer, user: User) -> Side:
    """The side that `user` is on, the seller's also for who makes offers in their team.

    Raises Unknown for a stranger, and for all but its author's side while it is a draft.
    """
    side = offer.side_of(user)
    if side is None and may(user, offer.seller, Ability.SEND_OFFERS):
        side = Side.SELLER
    if side is None or (side != offer.made_by and offer.state == OfferState.DRAFT):
        raise Unknown
    return side


@transaction.atomic
def move(*, offer: Offer, name: str, side: Side, now: datetime | None, reason: str = "") -> Offer:
    """Take the step `name` for `side`. `now` None means the database's clock, read once the lock is held.

    Raises NotYourStep, OfferNotOpen, OfferExpired; nothing has changed then.
    """
    locked = lock_offer(offer)
    moment = now or database_now()
    row = OFFERS.find(name)
    check(offer=locked, row=row, side=side, now=moment)
    close(offer=locked, row=row, now=moment, reason=reason)
    return locked


def check(*, offer: Offer, row: OfferTransition, side: Side, now: datetime) -> None:
    """Refuse a step that the table does not have, or that comes at or after the deadline."""
    _check_side(offer, row, side)
    if offer.state not in row.sources:
        raise OfferNotOpen(state=_in_words(offer), action=row.name)
    if row.before_deadline and offer.expires_at is not None and now >= offer.expires_at:
        local = read(offer.expires_at)
        raise OfferExpired(expired=minute(local) if local else "", author=offer.author.first_name)


def _check_side(offer: Offer, row: OfferTransition, side: Side) -> None:
    author = Side(offer.made_by)
    if row.is_for(side, author):
        return
    if row.name == "accept" and offer.is_counter:
        raise CounterNotAccepted(buyer=offer.buyer.first_name)
    if row.name == "agree" and not offer.is_counter:
        raise NotACounter
    sides = " or ".join(sorted(Side(actor).label.lower() for actor in row.actors if row.is_for(actor, author)))
    raise NotYourStep(side=sides, action=row.name)


def close(*, offer: Offer, row: OfferTransition, now: datetime, reason: str = "") -> None:
    """Write a step out of `sent`, redraw the card and tell the other side. The caller holds the lock."""
    offer.state = row.target
    offer.closed_at = offer.updated_at = now
    offer.decline_reason = reason
    offer.save(update_fields=["state", "closed_at", "updated_at", "decline_reason"])
    tell(offer=offer, row=row, now=now)
    refresh_card(kind=CARD, reference=offer.public_id)


def _in_words(offer: Offer) -> str:
    return {OfferState.SENT: "already sent", OfferState.DRAFT: "still a draft"}.get(
        OfferState(offer.state), OfferState(offer.state).label.lower()
    )
