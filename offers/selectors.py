"""Which offers and requests a person may see. A draft is its author's alone."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import acts_for
from gigs.enums import GigState
from gigs.models import Gig
from inbox.models import Conversation
from offers.enums import OfferState, Shown, Side
from offers.models import Offer, OfferRequest

RECENT = 50  # messages of the buyer, from the latest back, in which a gig is looked for


def offers_of(user: User) -> QuerySet[Offer]:
    """Every version that `user` wrote, and every one that was sent to them, with what a sheet reads.

    Who makes offers for a seller sees the seller's, but their own as a buyer only from that side.
    """
    as_seller = Q(seller__in=acts_for(user, Ability.SEND_OFFERS)) & ~Q(buyer=user)
    wrote = (as_seller & Q(made_by=Side.SELLER)) | Q(buyer=user, made_by=Side.BUYER)
    was_sent = (as_seller | Q(buyer=user)) & ~Q(state=OfferState.DRAFT)
    return (
        Offer.objects.filter(wrote | was_sent)
        .select_related("buyer", "seller", "seller__seller", "gig__subcategory", "policy", "plan", "replaces")
        .select_related("conversation", "request")
        .prefetch_related("plan__milestones", "successors")
    )


def offer_for(*, viewer: User, public_id: str) -> Offer:
    """Http404 for a stranger, and for all but its author while it is a draft."""
    return get_object_or_404(offers_of(viewer), public_id=public_id)


def own_draft(*, author: User, public_id: str, **where: object) -> Offer:
    """Http404 unless it is a draft that `author` writes, and as `where` says."""
    return get_object_or_404(offers_of(author).filter(state=OfferState.DRAFT, **where), public_id=public_id)


def versions_of(*, offer: Offer, viewer: User) -> list[Offer]:
    """Every sent version before and after `offer`, the first one first. Two people have few offers, so all are read."""
    sent = offers_of(viewer).filter(conversation=offer.conversation).exclude(state=OfferState.DRAFT)
    by_key = {found.pk: found for found in sent}
    before: list[Offer] = []
    found = by_key.get(offer.pk) or by_key.get(offer.replaces_id or 0)
    while found is not None:
        before.append(found)
        found = by_key.get(found.replaces_id or 0)
    chain = before[::-1]
    while chain and (after := chain[-1].replaced_by) is not None:
        chain.append(by_key[after.pk])
    return chain


def offers_by_reference(*, references: Collection[str], viewer: User) -> dict[str, Offer]:
    return {offer.public_id: offer for offer in offers_of(viewer).filter(public_id__in=references)}


def drafts_in(*, conversation: Conversation, author: User) -> list[Offer]:
    wrote = Q(seller=author, made_by=Side.SELLER) | Q(buyer=author, made_by=Side.BUYER)
    return list(Offer.objects.filter(wrote, conversation=conversation, state=OfferState.DRAFT))


def requests_of(user: User) -> QuerySet[OfferRequest]:
    """What `user` asked for, and what they, or a seller for whom they make offers, were asked."""
    mine = Q(buyer=user) | Q(seller__in=acts_for(user, Ability.SEND_OFFERS))
    found = OfferRequest.objects.filter(mine).select_related("buyer", "seller", "conversation")
    return found.prefetch_related("offers")


def request_for(*, viewer: User, public_id: str) -> OfferRequest:
    """Http404 for a stranger."""
    return get_object_or_404(requests_of(viewer), public_id=public_id)


def requests_by_reference(*, references: Collection[str], viewer: User) -> dict[str, OfferRequest]:
    return {request.public_id: request for request in requests_of(viewer).filter(public_id__in=references)}


def listed_offers(*, viewer: User, shown: Shown, now: datetime) -> QuerySet[Offer]:
    """The versions of one list; what was replaced stands in the chain of the version that replaced it."""
    found = offers_of(viewer)
    if shown == Shown.DRAFTS:
        return found.filter(state=OfferState.DRAFT)
    wrote = (Q(buyer=viewer) & Q(made_by=Side.BUYER)) | (~Q(buyer=viewer) & Q(made_by=Side.SELLER))
    sent = found.exclude(state__in=[OfferState.DRAFT, OfferState.REPLACED])
    if shown == Shown.SENT:
        return sent.filter(wrote)
    received = sent.exclude(wrote)
    return received.filter(state=OfferState.SENT, expires_at__gt=now) if shown == Shown.WAITING else received


def request_to_answer(*, conversation: Conversation, seller: User, public_id: str = "") -> OfferRequest | None:
    """The request named, or else the latest without an offer; None when there is none to `seller` here."""
    asked = OfferRequest.objects.filter(conversation=conversation, seller=seller).order_by("-asked_at", "-pk")
    return (
        asked.filter(public_id=public_id).first() if public_id else asked.filter(offers=None, declined_at=None).first()
    )


def gig_asked_about(*, conversation: Conversation, buyer: User, brief: str, gigs: list[Gig]) -> Gig | None:
    """Which of `gigs` an offer to `buyer` is most likely based on: that of their `brief`, of their latest question.

    A question names it by its page, a brief by its title. Else that of the latest offer here, or the only one; None
    when there are several.
    """
    said = conversation.messages.filter(author=buyer).order_by("-sequence").values_list("body", flat=True)
    for words in [brief, *said[:RECENT]]:
        for gig in gigs:
            if gig.public_id in words or f"“{gig.title}”" in words or f"“{gig.title}, " in words:
                return gig
    before = Offer.objects.filter(conversation=conversation, buyer=buyer, gig__in=gigs).order_by("-created_at").first()
    if before is not None:
        return next(gig for gig in gigs if gig.pk == before.gig_id)
    return gigs[0] if len(gigs) == 1 else None


def gigs_to_offer(seller: User) -> list[Gig]:
    """The gigs that an offer of `seller` can be based on."""
    active = Gig.objects.filter(seller=seller, state=GigState.ACTIVE)
    return list(active.select_related("subcategory").order_by("title"))
