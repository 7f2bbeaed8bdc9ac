"""Reading about people."""

from django.db.models import QuerySet

from accounts.models import ApiToken, BillingDetails, User


def is_seller(user: object) -> bool:
    """Whether `user` (a visitor too) has a seller profile."""
    return isinstance(user, User) and hasattr(user, "seller")


def billing_of(user: User) -> BillingDetails:
    """How papers name `user`; all empty when nothing was ever said, and then not stored."""
    return BillingDetails.objects.filter(user=user).first() or BillingDetails(user=user)


def tokens_in_use(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user, revoked_at=None)
