"""What became of a seller's offers: how many were accepted, and how soon buyers answer (R-ORD-16).

An offer is counted once, however many versions and counter-offers it took: by the state of the version that was not
replaced. How long an answer took is measured on each version that the seller sent and the buyer answered.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Q

from accounts.models import User
from offers.enums import OfferState, Side
from offers.models import Offer

SPAN = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """`rate` is a whole percentage of those that were decided, None when none was; `hours` the median, likewise."""

    sent: int
    accepted: int
    declined: int
    expired: int
    withdrawn: int
    waiting: int
    hours: float | None

    @property
    def rate(self) -> int | None:
        decided = self.accepted + self.declined + self.expired
        return (200 * self.accepted + decided) // (2 * decided) if decided else None

    @property
    def hours_words(self) -> str:
        """ "under an hour", "5 hours", "3 days"."""
        if self.hours is None:
            return "–"
        whole = round(self.hours)
        if whole < 1:
            return "under an hour"
        count, unit = (whole, "hour") if whole < 48 else (round(self.hours / 24), "day")
        return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def conversion_of(user: User, *, now: datetime) -> Conversion:
    """Of what was sent in the last 90 days."""
    versions = Offer.objects.filter(seller=user, sent_at__gt=now - SPAN).exclude(state=OfferState.DRAFT)
    states = Counter(versions.exclude(state=OfferState.REPLACED).values_list("state", flat=True))
    return Conversion(
        sent=sum(states.values()),
        accepted=states[OfferState.ACCEPTED],
        declined=states[OfferState.DECLINED],
        expired=states[OfferState.EXPIRED],
        withdrawn=states[OfferState.WITHDRAWN],
        waiting=states[OfferState.SENT],
        hours=_hours_to_answer(user, now),
    )


def _hours_to_answer(user: User, now: datetime) -> float | None:
    answered = Q(state__in=[OfferState.ACCEPTED, OfferState.DECLINED]) | Q(
        state=OfferState.REPLACED, successors__made_by=Side.BUYER, successors__sent_at__isnull=False
    )
    own = Offer.objects.filter(answered, seller=user, made_by=Side.SELLER, sent_at__gt=now - SPAN)
    lengths = [
        (closed - sent).total_seconds() / 3600
        for sent, closed in own.values_list("sent_at", "closed_at")
        if sent is not None and closed is not None
    ]
    return median(lengths) if lengths else None
