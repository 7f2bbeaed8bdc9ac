"""A whole counter-offer in one go, for those who have no form."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from offers.models import Offer
from offers.services.drafting import Draft, begin_counter, save_counter
from offers.services.sending import send_counter


@transaction.atomic
def counter_offer(*, offer: Offer, buyer: User, draft: Draft, now: datetime | None = None) -> Offer:
    """Propose `draft` in place of `offer`; a draft that was begun takes these terms. Prices in it are major units.

    Raises what `begin_counter`, `save_counter` and `send_counter` raise; nothing has changed then.
    """
    begun = begin_counter(offer=offer, buyer=buyer, now=now)
    kept = save_counter(offer=begun, buyer=buyer, draft=draft, now=now or begun.created_at)
    return send_counter(offer=kept, buyer=buyer, now=now)
