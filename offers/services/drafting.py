"""Drafts: their author's own, kept exactly as typed, seen by nobody else."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import is_seller, may
from gigs.models import Gig
from inbox.models import Conversation
from marketplace.kernel.errors import Unknown
from marketplace.web.clock import database_now
from milestones.enums import OrderType
from offers.enums import OfferState, Side
from offers.errors import DraftChanged, NotYourStep, OfferNotOpen, OnlySellersOffer, TooLong
from offers.models import Offer, OfferRequest
from offers.services.door import check, lock_offer, side_of
from offers.terms import DraftTerms
from offers.transitions import OFFERS

TITLE_LIMIT = 120
DESCRIPTION_LIMIT = 3000
NOTE_LIMIT = 500
REVISABLE = frozenset({OfferState.SENT, OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form holds; anything may still be missing."""

    order_type: OrderType
    title: str = ""
    description: str = ""
    gig: Gig | None = None
    note: str = ""
    typed: DraftTerms = field(default_factory=DraftTerms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a page knew of the draft when it was typed into: how often it was saved, and the page's own name."""

    edits: int
    tab: str


@transaction.atomic
def save_draft(
    *,
    seller: User,
    conversation: Conversation,
    draft: Draft,
    offer: Offer | None = None,
    request: OfferRequest | None = None,
    by: User | None = None,
    seen: Seen | None = None,
    now: datetime,
) -> Offer:
    """Keep what was typed, in `offer` or a new one. `by` writes it for `seller`, in whose team they make offers.

    Raises Unknown, OnlySellersOffer, OfferNotOpen, TooLong; DraftChanged when another page saved since `seen`.
    """
    if not may(by or seller, seller, Ability.SEND_OFFERS):
        raise Unknown
    _check_widths(draft)
    kept = _own_draft(offer, seller, seen) if offer else _new_draft(conversation, seller, request, now)
    if draft.gig is not None and draft.gig.seller_id != seller.pk:
        raise Unknown
    kept.gig = draft.gig
    kept.order_type = draft.order_type
    _write(kept, draft, seen, now)
    return kept


@transaction.atomic
def save_counter(*, offer: Offer, buyer: User, draft: Draft, seen: Seen | None = None, now: datetime) -> Offer:
    """Keep what the buyer typed into their counter-offer; the gig and the way of paying stay those of the offer.

    Raises Unknown, NotYourStep, OfferNotOpen, TooLong; DraftChanged when another page saved since `seen`.
    """
    _check_widths(draft)
    kept = _own_draft(offer, buyer, seen)
    _write(kept, draft, seen, now)
    return kept


@transaction.atomic
def discard_draft(*, offer: Offer, author: User) -> None:
    """Throw a draft away. Raises Unknown, OfferNotOpen once it was sent."""
    _own_draft(offer, author).delete()


@transaction.atomic
def revise_offer(*, offer: Offer, seller: User, now: datetime) -> Offer:
    """A draft of the next version, filled with the terms of `offer`; the same one if it was begun already.

    `offer` itself stays as it is until the new version is sent. Raises Unknown, NotYourStep, OfferNotOpen.
    """
    old = lock_offer(offer)
    if side_of(old, seller) != Side.SELLER:
        raise NotYourStep(side="seller", action="revise")
    begun = begun_by(old, Side.SELLER)
    if begun is not None:
        return begun
    if old.state not in REVISABLE or old.replaced_by is not None:
        raise OfferNotOpen(state=OfferState(old.state).label.lower(), action="revise")
    return next_draft(old, Side.SELLER, now)


@transaction.atomic
def begin_counter(*, offer: Offer, buyer: User, now: datetime | None = None) -> Offer:
    """A draft of what the buyer would agree to instead, filled with the terms of `offer`; the same one if it was begun.

    `offer` can still be accepted until the counter-offer is sent. Raises Unknown, NotYourStep, OfferNotOpen,
    OfferExpired.
    """
    old = lock_offer(offer)
    moment = now or database_now()
    check(offer=old, row=OFFERS.find("counter"), side=side_of(old, buyer), now=moment)
    return begun_by(old, Side.BUYER) or next_draft(old, Side.BUYER, moment)


@transaction.atomic
def answer_newest(*, offer: Offer, author: User, now: datetime) -> Offer:
    """Let a draft answer the version that was sent since it was begun; what was typed stays.

    Raises Unknown, NotYourStep, OfferNotOpen, and for a buyer OfferExpired.
    """
    newest = offer.replaces
    while newest is not None and newest.replaced_by is not None:
        newest = newest.replaced_by
    if newest is None:
        raise OfferNotOpen(state="the first version", action="move")
    old = lock_offer(newest)
    draft = _own_draft(offer, author)
    if draft.is_counter:
        check(offer=old, row=OFFERS.find("counter"), side=Side.BUYER, now=now)
    elif old.state not in REVISABLE:
        raise OfferNotOpen(state=OfferState(old.state).label.lower(), action="replace")
    draft.replaces, draft.version = old, old.version + 1
    draft.save(update_fields=["replaces", "version"])
    return draft


def begun_by(old: Offer, side: Side) -> Offer | None:
    """The draft with which `side` would replace `old`. The caller holds the lock of `old`."""
    return Offer.objects.filter(replaces=old, made_by=side, state=OfferState.DRAFT).first()


def next_draft(old: Offer, side: Side, now: datetime) -> Offer:
    """A draft of the version after `old`, with its terms. The caller holds the lock of `old`."""
    if old.plan is None:
        raise ValueError(f"offer {old.pk} has no terms yet")
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
        made_by=side,
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


def _write(kept: Offer, draft: Draft, seen: Seen | None, now: datetime) -> None:
    kept.title, kept.description = draft.title.strip(), draft.description.strip()
    kept.note = draft.note.strip()
    kept.draft_terms = draft.typed.to_json()
    kept.updated_at = now
    kept.edits += 1
    kept.tab = seen.tab if seen else ""
    kept.save()


def _own_draft(offer: Offer, author: User, seen: Seen | None = None) -> Offer:
    locked = lock_offer(offer)
    if side_of(locked, author) != locked.made_by:
        raise NotYourStep(side=locked.made_by, action="change")
    if locked.state != OfferState.DRAFT:
        raise OfferNotOpen(state="already sent", action="change")
    if seen and seen.edits != locked.edits and seen.tab != locked.tab:
        raise DraftChanged
    return locked


def _check_widths(draft: Draft) -> None:
    for name, text, limit in (
        ("title", draft.title, TITLE_LIMIT),
        ("description", draft.description, DESCRIPTION_LIMIT),
        ("note", draft.note, NOTE_LIMIT),
    ):
        if len(text.strip()) > limit:
            raise TooLong(field=name, limit=limit, length=len(text.strip()))
