"""Reading about people."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import ApiToken, User


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """What anyone may see of a person: never the e-mail address."""

    public_id: str
    name: str
    initials: str
    is_seller: bool
    headline: str
    bio: str
    country: str
    joined_at: datetime


def is_seller(user: object) -> bool:
    """Whether `user` (a visitor too) has a seller profile."""
    return isinstance(user, User) and hasattr(user, "seller")


def public_profile(user: User) -> PublicProfile:
    seller = user.seller if is_seller(user) else None
    return PublicProfile(
        public_id=user.public_id,
        name=user.display_name,
        initials=user.initials,
        is_seller=seller is not None,
        headline=seller.headline if seller else "",
        bio=seller.bio if seller else "",
        country=seller.country if seller else "",
        joined_at=user.joined_at,
    )


def tokens_in_use(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user, revoked_at=None)
