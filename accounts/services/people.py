"""Changing what a person says about themselves, and becoming a seller."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.errors import AlreadySeller, CurrencyNotOffered
from accounts.models import BillingDetails, SellerProfile, User
from accounts.selectors import is_seller


def become_seller(
    *,
    user: User,
    headline: str,
    bio: str = "",
    country: str = "",
    languages: Sequence[str] = (),
    currency: str = "",
    now: datetime,
) -> SellerProfile:
    """Give `user` a seller profile, with the operator's usual currency unless one of the list is named.

    Raises AlreadySeller when there is one, also when two requests race; CurrencyNotOffered.
    """
    currency = _offered(currency or settings.CURRENCY)
    if is_seller(user):
        raise AlreadySeller
    try:
        with transaction.atomic():
            return SellerProfile.objects.create(
                user=user,
                headline=headline,
                bio=bio,
                country=country,
                languages=list(languages),
                currency=currency,
                created_at=now,
            )
    except IntegrityError as error:
        raise AlreadySeller from error


def update_seller(
    *,
    profile: SellerProfile,
    headline: str,
    bio: str,
    country: str,
    languages: Sequence[str] = (),
    currency: str = "",
) -> SellerProfile:
    """`languages` are ISO 639-1 codes.

    Another currency is for new gigs and offers; what exists keeps its own. Raises CurrencyNotOffered.
    """
    profile.headline, profile.bio, profile.country = headline, bio, country
    profile.languages = list(languages)
    if currency and currency != profile.currency:
        profile.currency = _offered(currency)
    profile.save(update_fields=["headline", "bio", "country", "languages", "currency"])
    return profile


def _offered(currency: str) -> str:
    if currency not in settings.CURRENCIES:
        raise CurrencyNotOffered(field="currency", currency=currency, offered=", ".join(settings.CURRENCIES))
    return currency


def update_person(*, user: User, name: str, timezone: str) -> User:
    """Store how `user` is called and in which time zone they read times."""
    user.name, user.timezone = name, timezone
    user.save(update_fields=["name", "timezone"])
    return user


def update_billing(*, user: User, name: str, address: str, tax_id: str, now: datetime) -> BillingDetails:
    """Store how the next invoices name `user`; those that are issued stay as they are (R-PAY-6)."""
    details = {"name": name.strip(), "address": address.strip(), "tax_id": tax_id.strip(), "updated_at": now}
    billing, _ = BillingDetails.objects.update_or_create(user=user, defaults=details)
    return billing
