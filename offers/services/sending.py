"""Sending: the draft becomes an immutable plan under the policy of this moment (R-POL-1, R-OFR-3, R-OFR-5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from inbox.services import post_card, refresh_card
from marketplace.kernel.errors import Invalid, ManyInvalid
from marketplace.web.clock import database_now
from milestones.enums import OrderType, RevisionScope
from milestones.models import MilestonePolicy
from milestones.rules import check_offer_terms
from milestones.services.plans import create_plan
from milestones.services.policies import policy_in_force
from milestones.terms import PlanTerms
from offers.enums import OfferState, Side
from offers.errors import (
    NothingProposed,
    OfferMovedOn,
    OfferNeedsDescription,
    OfferNeedsGig,
    OfferNeedsTitle,
    OfferNotOpen,
)
from offers.models import Offer
from offers.services.door import CARD, check, close, lock_offer, side_of
from offers.services.requesting import CARD as REQUEST_CARD
from offers.services.telling import tell
from offers.terms import read_terms
from offers.transitions import OFFERS


def send_offer(*, offer: Offer, seller: User, now: datetime | None = None) -> Offer:
    """Send the seller's draft: check it, fix its terms, pin the policy, replace the version before it, tell the buyer.

    Raises Unknown, NotYourStep, OfferNotOpen, ManyInvalid with every failure beside its field.
    """
    return _send(offer, seller, now)


def send_counter(*, offer: Offer, buyer: User, now: datetime | None = None) -> Offer:
    """Send the buyer's counter-offer. It takes the place of the version that it answers, while that is still open.

    Raises Unknown, NotYourStep, OfferNotOpen, OfferExpired, NothingProposed, ManyInvalid.
    """
    return _send(offer, buyer, now)


@transaction.atomic
def _send(offer: Offer, author: User, now: datetime | None) -> Offer:
    old = lock_offer(offer.replaces) if offer.replaces else None
    locked = lock_offer(offer)
    moment = now or database_now()
    check(offer=locked, row=OFFERS.find("send"), side=side_of(locked, author), now=moment)
    policy = policy_in_force(now=moment, currency=locked.currency)
    terms = checked_terms(offer=locked, policy=policy)
    if old is not None and old.replaced_by is not None:
        raise OfferMovedOn(author=old.replaced_by.author.first_name, version=old.replaced_by.version)
    if old is not None:
        _give_way(old, Side(locked.made_by), moment)
        if locked.is_counter:
            _check_differs(locked, old, terms)
    return publish(offer=locked, terms=terms, policy=policy, by=author, now=moment)


def publish(*, offer: Offer, terms: PlanTerms, policy: MilestonePolicy, by: User, now: datetime) -> Offer:
    """Fix checked terms, open the offer's time, show its card and tell its reader. The caller holds the lock."""
    row = OFFERS.find("send")
    offer.plan = create_plan(terms=terms, policy=policy, now=now)
    offer.policy, offer.state, offer.draft_terms = policy, row.target, None
    offer.sent_at = offer.updated_at = now
    offer.expires_at = now + timedelta(hours=24 * policy.offer_validity_days)
    offer.save()
    what = "Proposes other terms" if offer.is_counter else "Custom offer"
    post_card(
        conversation=offer.conversation,
        author=by,
        kind=CARD,
        reference=offer.public_id,
        summary=f"{what}: {offer.title}, {terms.total}",
        now=now,
    )
    tell(offer=offer, row=row, now=now)
    if offer.request is not None:
        refresh_card(kind=REQUEST_CARD, reference=offer.request.public_id)
    return offer


def checked_terms(*, offer: Offer, policy: MilestonePolicy) -> PlanTerms:
    """The terms of a draft, if they may be sent under `policy`. Raises ManyInvalid."""
    terms, unreadable = read_terms(
        typed=offer.typed,
        order_type=OrderType(offer.order_type),
        currency=policy.currency,
        scope=RevisionScope(policy.revision_scope),
        title=offer.title,
    )
    check_terms(offer=offer, terms=terms, policy=policy, unreadable=unreadable)
    return terms


def check_terms(*, offer: Offer, terms: PlanTerms, policy: MilestonePolicy, unreadable: list[Invalid]) -> None:
    """Refuse what an offer may not say under `policy`, the terms and the head together. Raises ManyInvalid."""
    found = [*_head_failures(offer), *unreadable]
    unread_fields = {failure.field for failure in unreadable}
    try:
        check_offer_terms(
            terms=terms,
            policy=policy,
            subcategory_allows=offer.gig is None or offer.gig.subcategory.allows_offer_milestones,
            seller_blocked_reason=offer.seller.seller.milestones_blocked_reason,
        )
    except ManyInvalid as many:
        found += [failure for failure in many.errors if failure.field not in unread_fields]
    if found:
        raise ManyInvalid(found)


def _head_failures(offer: Offer) -> Iterator[Invalid]:
    if not offer.is_counter and (
        offer.gig is None or offer.gig.seller_id != offer.seller_id or not offer.gig.is_active
    ):
        yield OfferNeedsGig(field="gig")
    if not offer.title:
        yield OfferNeedsTitle(field="title")
    if not offer.description:
        yield OfferNeedsDescription(field="description", buyer=offer.buyer.first_name)


def _check_differs(counter: Offer, old: Offer, terms: PlanTerms) -> None:
    """A counter-offer changes something: what is agreed with is accepted instead."""
    same_terms = old.plan is not None and old.plan.digest == terms.digest
    if same_terms and (counter.title, counter.description) == (old.title, old.description):
        raise NothingProposed(field="milestones")


def _give_way(old: Offer, side: Side, now: datetime) -> None:
    """The version before: replaced while it was open, refused once accepted.

    A seller may also send again what has ended otherwise; what ran out before the sweep saw it is expired first. For a
    buyer the time to answer is over.
    """
    if side == Side.BUYER:
        row = OFFERS.find("counter")
        check(offer=old, row=row, side=side, now=now)
        close(offer=old, row=row, now=now)
        return
    match OfferState(old.state):
        case OfferState.SENT:
            late = old.expires_at is not None and now >= old.expires_at
            row = OFFERS.find("expire" if late else "replace")
            check(offer=old, row=row, side=Side.TIMER if late else side, now=now)
            close(offer=old, row=row, now=now)
        case OfferState.DECLINED | OfferState.WITHDRAWN | OfferState.EXPIRED if old.replaced_by is None:
            return
        case _:
            raise OfferNotOpen(state=OfferState(old.state).label.lower(), action="replace")
