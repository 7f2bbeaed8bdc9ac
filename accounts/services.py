"""Changing accounts: selling, profile, tokens."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.errors import AlreadySeller, TooManyTokens
from accounts.models import ApiToken, SellerProfile, User
from accounts.selectors import is_seller, tokens_in_use
from marketplace.kernel.errors import Unknown

TOKEN_PREFIX = "mp_"  # noqa: S105 lets secret scanners recognise a leaked token
TOKENS_PER_USER = 20
LAST_USED_PRECISION = timedelta(minutes=5)


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


def issue_token(*, user: User, name: str, now: datetime) -> tuple[ApiToken, str]:
    """A new token and its secret, which can't be read again. TooManyTokens at 20 in use."""
    if tokens_in_use(user).count() >= TOKENS_PER_USER:
        raise TooManyTokens(limit=TOKENS_PER_USER)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, digest=hash_secret(secret), ending=secret[-4:], created_at=now
    )
    return token, secret


def revoke_token(*, user: User, public_id: str, now: datetime) -> ApiToken:
    """End a token of `user`. Unknown for another person's or an ended one."""
    token = tokens_in_use(user).filter(public_id=public_id).first()
    if token is None:
        raise Unknown
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    return token


def use_token(*, secret: str, now: datetime) -> ApiToken | None:
    """The token in use with this secret, of an active person; None for any other. Notes the use, to 5 minutes."""
    token = (
        ApiToken.objects.select_related("user")
        .filter(digest=hash_secret(secret), revoked_at=None, user__is_active=True)
        .first()
    )
    if token is not None:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_PRECISION)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    return token


def hash_secret(secret: str) -> str:
    """SHA-256, unsalted: the secret has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
