"""Reading about people."""

from django.db.models import QuerySet

from accounts.models import ApiToken, User


def is_seller(user: object) -> bool:
    """Whether `user` (a visitor too) has a seller profile."""
    return isinstance(user, User) and hasattr(user, "seller")


def tokens_in_use(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user, revoked_at=None)
