"""Drafts: the seller's own, kept exactly as typed, seen by nobody else."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.selectors import is_seller
from gigs.models import Gig
from inbox.models import Conversation
from marketplace.kernel.errors import Unknown
from milestones.enums import OrderType
from offers.enums import OfferState, Side
from offers.errors import NotYourStep, OfferNotOpen, OnlySellersOffer, TooLong
from offers.models import Offer, OfferRequest
from offers.services.door import lock_offer, side_of
from offers.terms import DraftTerms

TITLE_LIMIT = 120
DESCRIPTION_LIMIT = 3000
REVISABLE = frozenset({OfferState.SENT, OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form holds; anything may still be missing."""

    order_type: OrderType
    title: str = ""
    description: str = ""
    gig: Gig | None = None
    typed: DraftTerms = field(default_factory=DraftTerms)


@transaction.atomic
def save_draft(
    *,
    seller: User,
    conversation: Conversation,
    draft: Draft,
    offer: Offer | None = None,
    request: OfferRequest | None = None,
    now: datetime,
) -> Offer:
    """Keep what was typed, in `offer` or a new one. Raises Unknown, OnlySellersOffer, OfferNotOpen, TooLong."""
    _check_widths(draft)
    kept = _own_draft(offer, seller) if offer else _new_draft(conversation, seller, request, now)
    if draft.gig is not None and draft.gig.seller_id != seller.pk:
        raise Unknown
    kept.gig = draft.gig
    kept.order_type = draft.order_type
    kept.title, kept.description = draft.title.strip(), draft.description.strip()
    kept.draft_terms = draft.typed.to_json()
    kept.updated_at = now
    kept.save()
    return kept


@transaction.atomic
def discard_draft(*, offer: Offer, seller: User) -> None:
    """Throw a draft away. Raises Unknown, OfferNotOpen once it was sent."""
    _own_draft(offer, seller).delete()


@transaction.atomic
def revise_offer(*, offer: Offer, seller: User, now: datetime) -> Offer:
    """A draft of the next version, filled with the terms of `offer`; the same one if it was begun already.

    `offer` itself stays as it is until the new version is sent. Raises Unknown, NotYourStep, OfferNotOpen.
    """
    old = lock_offer(offer)
    if side_of(old, seller) != Side.SELLER:
        raise NotYourStep(side="seller", action="revise")
    begun = Offer.objects.filter(replaces=old, state=OfferState.DRAFT).first()
    if begun is not None:
        return begun
    if old.state not in REVISABLE or old.plan is None or Offer.objects.filter(replaces=old).exists():
        raise OfferNotOpen(state=OfferState(old.state).label.lower(), action="revise")
    return Offer.objects.create(
        conversation=old.conversation,
        request=old.request,
        gig=old.gig,
        seller=old.seller,
        buyer=old.buyer,
        order_type=old.order_type,
        title=old.title,
        description=old.description,
        draft_terms=DraftTerms.from_plan(old.plan.terms).to_json(),
        currency=old.currency,
        version=old.version + 1,
        replaces=old,
        created_at=now,
        updated_at=now,
    )


def _new_draft(conversation: Conversation, seller: User, request: OfferRequest | None, now: datetime) -> Offer:
    if not conversation.includes(seller):
        raise Unknown
    if not is_seller(seller):
        raise OnlySellersOffer
    if request is not None and (request.conversation_id != conversation.pk or request.seller_id != seller.pk):
        raise Unknown
    return Offer(
        conversation=conversation,
        request=request,
        seller=seller,
        buyer=conversation.other(seller),
        currency=seller.seller.currency,
        created_at=now,
    )


def _own_draft(offer: Offer, seller: User) -> Offer:
    locked = lock_offer(offer)
    if side_of(locked, seller) != Side.SELLER:
        raise NotYourStep(side="seller", action="change")
    if locked.state != OfferState.DRAFT:
        raise OfferNotOpen(state="already sent", action="change")
    return locked


def _check_widths(draft: Draft) -> None:
    for name, text, limit in (
        ("title", draft.title, TITLE_LIMIT),
        ("description", draft.description, DESCRIPTION_LIMIT),
    ):
        if len(text.strip()) > limit:
            raise TooLong(field=name, limit=limit, length=len(text.strip()))
