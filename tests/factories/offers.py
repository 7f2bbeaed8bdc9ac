"""Offers for tests, brought to their states by the services. Prices are typed in major units, as sellers do."""

from dataclasses import replace
from datetime import datetime

from accounts.models import User
from gigs.models import Gig
from inbox.models import Conversation
from marketplace.kernel import clock
from milestones.enums import OrderType
from offers import services
from offers.models import Offer, OfferRequest
from offers.services.accepting import accept_offer
from offers.services.drafting import Draft
from offers.terms import DraftTerms, TypedMilestone
from tests.factories.inbox import make_conversation
from tests.factories.ready import ready_gig

NAMES = ("Look & storyboard", "Model & materials", "Rough cut", "Final film", "Extras", "Cutdowns", "Stills")


def row(
    amount: str = "120.00",
    *,
    name: str = "Look & storyboard",
    days: str = "4",
    revisions: str = "2",
    criteria: str = "",
) -> TypedMilestone:
    return TypedMilestone(
        name=name,
        description=f"All that belongs to {name}.",
        criteria=criteria or "Agreed in writing",
        days=days,
        amount=amount,
        revisions=revisions,
    )


def rows(*amounts: str, days: str = "4") -> tuple[TypedMilestone, ...]:
    """One milestone for each price: `rows("50.00", "50.01")`."""
    return tuple(row(amount, name=NAMES[index], days=days) for index, amount in enumerate(amounts))


def draft_of(
    gig: Gig,
    *milestones: TypedMilestone,
    order_type: OrderType = OrderType.MILESTONES,
    title: str = "A launch film",
    revisions: str = "",
) -> Draft:
    return Draft(
        order_type=order_type,
        title=title,
        description="A 20-second launch film for the Fjord hand grinder.",
        gig=gig,
        typed=DraftTerms(milestones=milestones or rows("120.00", "240.00", "80.00"), revisions=revisions),
    )


def make_offer_draft(
    seller: User,
    buyer: User,
    *,
    gig: Gig | None = None,
    draft: Draft | None = None,
    conversation: Conversation | None = None,
    now: datetime | None = None,
) -> Offer:
    moment = now or clock.now()
    return services.save_draft(
        seller=seller,
        conversation=conversation or make_conversation(seller, buyer, now=moment),
        draft=draft or draft_of(gig or ready_gig(seller)),
        now=moment,
    )


def make_offer(
    seller: User,
    buyer: User,
    *,
    gig: Gig | None = None,
    draft: Draft | None = None,
    conversation: Conversation | None = None,
    now: datetime | None = None,
) -> Offer:
    """A sent offer: three milestones of 120, 240 and 80 dollars unless `draft` says otherwise."""
    moment = now or clock.now()
    begun = make_offer_draft(seller, buyer, gig=gig, draft=draft, conversation=conversation, now=moment)
    return services.send_offer(offer=begun, seller=seller, now=moment)


def make_single_offer(seller: User, buyer: User, *, amount: str = "120.00", now: datetime | None = None) -> Offer:
    gig = ready_gig(seller)
    draft = draft_of(gig, row(amount), order_type=OrderType.SINGLE)
    return make_offer(seller, buyer, draft=draft, now=now)


def ask(conversation: Conversation, buyer: User, *, now: datetime | None = None) -> OfferRequest:
    return services.ask_for_offer(
        conversation=conversation,
        buyer=buyer,
        brief="A film of a kettle",
        budget=None,
        needed_by=None,
        currency="USD",
        now=now or clock.now(),
    )


def accept(offer: Offer, *, now: datetime | None = None) -> Offer:
    """Accept as `orders` would, with the digest that the page shows."""
    digest = offer.plan.digest if offer.plan else ""
    return accept_offer(offer=offer, buyer=offer.buyer, shown_digest=digest, now=now)


def begin_counter(offer: Offer, *, now: datetime | None = None) -> Offer:
    """The buyer's draft of a counter-offer, as filled by the service."""
    return services.begin_counter(offer=offer, buyer=offer.buyer, now=now or clock.now())


def counter(offer: Offer, *milestones: TypedMilestone, note: str = "", now: datetime | None = None) -> Offer:
    """The buyer proposes other terms: each milestone a day longer, unless others are given."""
    moment = now or clock.now()
    begun = begin_counter(offer, now=moment)
    longer = tuple(replace(row, days=str(int(row.days) + 1)) for row in begun.typed.milestones)
    draft = Draft(
        order_type=OrderType(begun.order_type),
        title=begun.title,
        description=begun.description,
        gig=begun.gig,
        note=note,
        typed=replace(begun.typed, milestones=milestones or longer),
    )
    services.save_counter(offer=begun, buyer=offer.buyer, draft=draft, now=moment)
    return services.send_counter(offer=begun, buyer=offer.buyer, now=moment)


def revise(offer: Offer, *milestones: TypedMilestone, now: datetime | None = None) -> Offer:
    """Send the next version, with other milestones if they are given."""
    moment = now or clock.now()
    begun = services.revise_offer(offer=offer, seller=offer.seller, now=moment)
    if milestones and begun.gig:
        begun = services.save_draft(
            seller=offer.seller,
            conversation=begun.conversation,
            draft=draft_of(begun.gig, *milestones),
            offer=begun,
            now=moment,
        )
    return services.send_offer(offer=begun, seller=offer.seller, now=moment)
