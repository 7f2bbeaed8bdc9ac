"""Changing what a person says about themselves, and becoming a seller."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.errors import AlreadySeller
from accounts.models import SellerProfile, User
from accounts.selectors import is_seller


def become_seller(*, user: User, headline: str, bio: str = "", country: str = "", now: datetime) -> SellerProfile:
    """Give `user` a seller profile. AlreadySeller when there is one, also when two requests race."""
    if is_seller(user):
        raise AlreadySeller
    try:
        with transaction.atomic():
            return SellerProfile.objects.create(user=user, headline=headline, bio=bio, country=country, created_at=now)
    except IntegrityError as error:
        raise AlreadySeller from error


def update_seller(*, profile: SellerProfile, headline: str, bio: str, country: str) -> SellerProfile:
    profile.headline, profile.bio, profile.country = headline, bio, country
    profile.save(update_fields=["headline", "bio", "country"])
    return profile


def update_person(*, user: User, name: str, timezone: str) -> User:
    """Store how `user` is called and in which time zone they read times."""
    user.name, user.timezone = name, timezone
    user.save(update_fields=["name", "timezone"])
    return user
