"""Reminders of an open version: by its author, now and then, and once by the clock before it runs out."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet

from accounts.models import User
from marketplace.web.clock import database_now
from marketplace.web.instants import minute, read
from offers.enums import OfferState
from offers.errors import RemindedLately
from offers.models import Offer
from offers.rules import nudge_opens
from offers.services.door import check, lock_offer, side_of
from offers.services.telling import write
from offers.transitions import OFFERS

RUNS_OUT = "offer_runs_out"


@transaction.atomic
def remind_reader(*, offer: Offer, actor: User, now: datetime | None = None) -> Offer:
    """Who sent it asks for an answer, at most once in the policy's hours, counted from the sending.

    Raises Unknown, NotYourStep, OfferNotOpen, OfferExpired, RemindedLately.
    """
    locked = lock_offer(offer)
    moment = now or database_now()
    row = OFFERS.find("remind")
    check(offer=locked, row=row, side=side_of(locked, actor), now=moment)
    opens = nudge_opens(locked)
    if moment < opens:
        local = read(opens)
        raise RemindedLately(reader=locked.reader.first_name, when=minute(local) if local else "")
    locked.nudged_at = moment
    locked.save(update_fields=["nudged_at"])
    write(offer=locked, reader=locked.reader, kind=row.notice, key=f"{row.name}:{moment.isoformat()}", now=moment)
    return locked


@transaction.atomic
def remind_of_ends(*, now: datetime | None = None, batch: int = 100) -> int:
    """Tell the readers of up to `batch` versions that run out soon, once each, and return how many.

    Safe in any number of workers.
    """
    moment = now or database_now()
    due = list(_running_out(moment).select_for_update(skip_locked=True, of=("self",))[:batch])
    for found in due:
        offer = lock_offer(found)
        offer.reminded_at = moment
        offer.save(update_fields=["reminded_at"])
        write(offer=offer, reader=offer.reader, kind=RUNS_OUT, key="runs_out", now=moment)
    return len(due)


def _running_out(now: datetime) -> QuerySet[Offer]:
    notice = ExpressionWrapper(F("policy__offer_reminder_hours") * timedelta(hours=1), DurationField())
    found = Offer.objects.filter(state=OfferState.SENT, reminded_at=None, expires_at__gt=now)
    return found.annotate(due=F("expires_at") - notice).filter(due__lte=now).order_by("expires_at", "pk")
