"""What offers put into a conversation: the cards of offers and requests, and the ways to make or ask for one."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from accounts.models import User
from gigs.enums import GigState
from gigs.models import Gig
from inbox.extensions import Action, Card, Subject, register_actions, register_cards, register_subjects
from inbox.models import Conversation
from marketplace.kernel import clock
from offers import policies, selectors
from offers.enums import OfferState, Side
from offers.forms import DeclineForm
from offers.services.door import CARD as OFFER
from offers.services.requesting import CARD as REQUEST
from offers.sheets import make_sheet


def offer_cards(references: Collection[str], viewer: User) -> Mapping[str, Card]:
    now = clock.now()
    found = selectors.offers_by_reference(references=references, viewer=viewer)
    return {
        reference: Card(
            template="offers/card.html",
            page=offer.get_absolute_url(),
            context={"sheet": make_sheet(offer=offer, viewer=viewer, now=now)},
        )
        for reference, offer in found.items()
        if offer.state != OfferState.DRAFT
    }


def request_cards(references: Collection[str], viewer: User) -> Mapping[str, Card]:
    found = selectors.requests_by_reference(references=references, viewer=viewer)
    return {
        reference: Card(
            template="offers/request_card.html",
            context={
                "request": request,
                "side": Side.BUYER if request.buyer_id == viewer.pk else Side.SELLER,
                "answered": request.is_answered,
                "form": DeclineForm(auto_id=f"{request.public_id}_%s"),
            },
        )
        for reference, request in found.items()
    }


def actions(conversation: Conversation, viewer: User) -> list[Action]:
    """One's own drafts come before a new offer."""
    found = []
    for draft in selectors.drafts_in(conversation=conversation, author=viewer):
        label = f"Draft: {draft.title}" if draft.title else "Your draft"
        found.append(Action(label=label, url=reverse("offers:edit", args=[draft.public_id]), icon="pencil"))
    if policies.may_offer(conversation=conversation, user=viewer):
        url = reverse("offers:compose", args=[conversation.public_id])
        found.append(Action(label="Make an offer", url=f"{url}#composer", icon="file-plus"))
    if policies.may_ask(conversation=conversation, user=viewer):
        url = reverse("offers:ask", args=[conversation.public_id])
        found.append(Action(label="Ask for an offer", url=url, icon="message-square-plus", own=True))
    return found


def gig_subject(public_id: str, other: User) -> Subject | None:
    """A gig of `other` that anyone may see, or a package of it, "gig_x:standard": what they are asked about."""
    of_gig, _, tier = public_id.partition(":")
    gig = Gig.objects.filter(public_id=of_gig, seller=other, state=GigState.ACTIVE).first()
    if gig is None:
        return None
    package = gig.packages.filter(tier=tier).first() if tier else None
    if package is None:
        return Subject(public_id=gig.public_id, title=gig.title, page=gig.get_absolute_url())
    return Subject(
        public_id=f"{gig.public_id}:{package.tier}",
        title=f"{gig.title}, {package.get_tier_display()}",
        page=f"{gig.get_absolute_url()}?package={package.tier}",
    )


def connect() -> None:
    """Called once, from the app's `ready()`."""
    register_cards(OFFER, offer_cards)
    register_cards(REQUEST, request_cards)
    register_actions(actions)
    register_subjects(gig_subject)
