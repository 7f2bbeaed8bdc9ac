"""Tokens with which a person's programs sign in."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.errors import TooManyTokens
from accounts.models import ApiToken, User
from accounts.selectors import tokens_in_use
from marketplace.kernel.errors import Unknown

TOKEN_PREFIX = "mp_"  # noqa: S105 lets secret scanners recognise a leaked token
TOKENS_PER_USER = 20
LAST_USED_PRECISION = timedelta(minutes=5)


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


def revoke_every_token(*, user: User, now: datetime) -> int:
    """End all tokens of `user`, and say how many there were."""
    return tokens_in_use(user).update(revoked_at=now)


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
