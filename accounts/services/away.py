"""A seller's time away: gigs stay to be seen and can't be ordered; what runs, runs on.

Days are the seller's own, from the first instant of the first day to the first instant of the day of return. Nothing
has to happen at either: whether somebody is away is computed whenever it matters.
"""

from datetime import date, datetime

from django.db import transaction

from accounts.errors import AwayBackwards, AwayIsOver, AwayTooLong, NotAway
from accounts.limits import AWAY_DAYS
from accounts.models import SellerProfile, User
from accounts.timezones import day_there
from marketplace.kernel.errors import Invalid, ManyInvalid


@transaction.atomic
def set_away(*, seller: User, first: date, back: date, message: str = "", now: datetime) -> SellerProfile:
    """Away from `first` on, back on `back`; one absence at a time, the later replaces the earlier.

    An absence that has begun keeps its first day. Raises ManyInvalid of AwayIsOver, AwayBackwards, AwayTooLong.
    """
    profile = _locked(seller)
    today = day_there(now, seller.timezone)
    begun = profile.away_from if profile.is_away(now) else None
    if problems := _problems(first, back, today=today, begun=begun):
        raise ManyInvalid(problems)
    profile.away_from, profile.away_until, profile.away_message = first, back, message.strip()
    return _saved(profile)


@transaction.atomic
def come_back(*, seller: User, now: datetime) -> SellerProfile:
    """Back at once, or not going at all. Raises NotAway when that was so before."""
    profile = _locked(seller)
    if profile.away_ends is None or now >= profile.away_ends:
        raise NotAway
    profile.away_from, profile.away_until, profile.away_message = None, None, ""
    return _saved(profile)


def _problems(first: date, back: date, *, today: date, begun: date | None) -> list[Invalid]:
    found: list[Invalid] = []
    if first < today and first != begun:
        found.append(AwayIsOver(field="first", today=f"{today.day} {today:%B}"))
    if back <= first:
        found.append(AwayBackwards(field="back"))
    elif back <= today:
        found.append(AwayIsOver(field="back", today=f"{today.day} {today:%B}"))
    elif (back - first).days > AWAY_DAYS:
        found.append(AwayTooLong(field="back", days=AWAY_DAYS))
    return found


def _locked(seller: User) -> SellerProfile:
    return SellerProfile.objects.select_for_update(of=("self",)).select_related("user").get(user=seller)


def _saved(profile: SellerProfile) -> SellerProfile:
    profile.save(update_fields=["away_from", "away_until", "away_message"])
    return profile
