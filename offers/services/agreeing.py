"""The seller agrees to a counter-offer: its terms become the seller's next version, which the buyer accepts and pays.

Nothing is accepted here: only the buyer ever accepts (R-OFR-5).
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from marketplace.web.clock import database_now
from milestones.services.policies import policy_in_force
from offers.enums import Side
from offers.models import Offer
from offers.services.door import check, close, lock_offer, side_of
from offers.services.drafting import next_draft
from offers.services.sending import check_terms, publish
from offers.transitions import OFFERS


@transaction.atomic
def send_on_these_terms(*, offer: Offer, seller: User, now: datetime | None = None) -> Offer:
    """A new version by the seller with exactly the terms of the counter-offer, sent at once.

    Raises Unknown, NotYourStep, NotACounter, OfferNotOpen, OfferExpired, ManyInvalid when today's policy or the gig
    no longer allows these terms.
    """
    counter = lock_offer(offer)
    moment = now or database_now()
    row = OFFERS.find("agree")
    check(offer=counter, row=row, side=side_of(counter, seller), now=moment)
    if counter.plan is None:
        raise ValueError(f"counter-offer {counter.pk} was sent without a plan")
    policy = policy_in_force(now=moment, currency=counter.currency)
    agreed = next_draft(counter, Side.SELLER, moment)
    terms = counter.plan.terms
    check_terms(offer=agreed, terms=terms, policy=policy, unreadable=[])
    close(offer=counter, row=row, now=moment)
    return publish(offer=agreed, terms=terms, policy=policy, by=seller, now=moment)
