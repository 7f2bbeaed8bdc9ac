"""What silence does to an offer."""

from datetime import datetime

from django.db import transaction

from marketplace.web.clock import database_now
from offers.enums import OfferState
from offers.models import Offer
from offers.services.door import close, lock_offer
from offers.transitions import OFFERS


@transaction.atomic
def expire_offers(*, now: datetime | None = None, batch: int = 100) -> int:
    """Expire up to `batch` offers whose deadline has come, and return how many. Safe in any number of workers."""
    moment = now or database_now()
    due = Offer.objects.filter(state=OfferState.SENT, expires_at__lte=moment).order_by("expires_at", "pk")
    expired = list(due.select_for_update(skip_locked=True, of=("self",))[:batch])
    for offer in expired:
        close(offer=lock_offer(offer), row=OFFERS.find("expire"), now=moment)
    return len(expired)
