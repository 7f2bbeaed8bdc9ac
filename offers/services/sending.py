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
from offers.errors import OfferNeedsDescription, OfferNeedsGig, OfferNeedsTitle, OfferNotOpen
from offers.models import Offer
from offers.services.door import CARD, check, close, lock_offer, side_of
from offers.services.requesting import CARD as REQUEST_CARD
from offers.services.telling import tell
from offers.terms import read_terms
from offers.transitions import OFFERS


@transaction.atomic
def send_offer(*, offer: Offer, seller: User, now: datetime | None = None) -> Offer:
    """Send the draft: check it, fix its terms, pin the policy, replace the version before it, tell the buyer.

    Raises Unknown, NotYourStep, OfferNotOpen, ManyInvalid with every failure beside its field.
    """
    old = lock_offer(offer.replaces) if offer.replaces else None
    locked = lock_offer(offer)
    moment = now or database_now()
    row = OFFERS.find("send")
    check(offer=locked, row=row, side=side_of(locked, seller), now=moment)
    policy = policy_in_force(now=moment, currency=locked.currency)
    terms = checked_terms(offer=locked, policy=policy)
    if old is not None:
        _give_way(old, moment)
    locked.plan = create_plan(terms=terms, policy=policy, now=moment)
    locked.policy, locked.state, locked.draft_terms = policy, row.target, None
    locked.sent_at = locked.updated_at = moment
    locked.expires_at = moment + timedelta(hours=24 * policy.offer_validity_days)
    locked.save()
    post_card(
        conversation=locked.conversation,
        author=locked.seller,
        kind=CARD,
        reference=locked.public_id,
        summary=f"Custom offer: {locked.title}, {terms.total}",
        now=moment,
    )
    tell(offer=locked, row=row, now=moment)
    if locked.request is not None:
        refresh_card(kind=REQUEST_CARD, reference=locked.request.public_id)
    return locked


def checked_terms(*, offer: Offer, policy: MilestonePolicy) -> PlanTerms:
    """The terms of a draft, if they may be sent under `policy`. Raises ManyInvalid."""
    terms, unreadable = read_terms(
        typed=offer.typed,
        order_type=OrderType(offer.order_type),
        currency=policy.currency,
        scope=RevisionScope(policy.revision_scope),
        title=offer.title,
    )
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
    return terms


def _head_failures(offer: Offer) -> Iterator[Invalid]:
    if offer.gig is None or offer.gig.seller_id != offer.seller_id or not offer.gig.is_active:
        yield OfferNeedsGig(field="gig")
    if not offer.title:
        yield OfferNeedsTitle(field="title")
    if not offer.description:
        yield OfferNeedsDescription(field="description", buyer=offer.buyer.first_name)


def _give_way(old: Offer, now: datetime) -> None:
    """The version before: replaced while it was open, expired if its time had come, refused once accepted."""
    match OfferState(old.state):
        case OfferState.SENT:
            late = old.expires_at is not None and now >= old.expires_at
            row = OFFERS.find("expire" if late else "replace")
            check(offer=old, row=row, side=Side.TIMER if late else Side.SELLER, now=now)
            close(offer=old, row=row, now=now)
        case OfferState.DECLINED | OfferState.WITHDRAWN | OfferState.EXPIRED:
            return
        case _:
            raise OfferNotOpen(state=OfferState(old.state).label.lower(), action="replace")
