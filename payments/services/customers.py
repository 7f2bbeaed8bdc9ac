"""Who a user is at the provider, and which methods they agreed to keep."""

from datetime import datetime

import structlog

from accounts.models import User
from payments.enums import MethodState
from payments.gateway import Card
from payments.models import ProviderCustomer, SavedMethod
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)


def ensure_customer(*, user: User, attempt_key: str) -> str:
    """The user's customer id at the provider, made there at the first payment. Network: not in a transaction.

    Asked for under a key of its own for each attempt to pay, so that an error which the provider keeps under one ends
    with that attempt. A customer that was made twice by it has no payment and stays empty. Raises GatewayError.
    """
    known = ProviderCustomer.objects.filter(user=user).first()
    if known is not None:
        return known.stripe_id
    stripe_id = default_gateway().ensure_customer(
        user_ref=user.public_id, email=user.email, idempotency_key=f"customer:{attempt_key}"
    )
    customer, _ = ProviderCustomer.objects.get_or_create(user=user, defaults={"stripe_id": stripe_id})
    return customer.stripe_id


def forget_customer(*, user: User, stripe_id: str) -> None:
    """The customer was deleted at the provider, and what was kept with it is lost: the next payment makes another one.

    In the caller's transaction, after its locks. One that was made since then stays, with its methods.
    """
    gone, _ = ProviderCustomer.objects.filter(user=user, stripe_id=stripe_id).delete()
    if gone:
        log.warning("customer_missing_at_provider", user=user.public_id, customer=stripe_id)
        SavedMethod.objects.filter(user=user).exclude(state=MethodState.DETACHED).update(
            state=MethodState.DETACHED, due_at=None
        )


def remember_method(*, user: User, card: Card, now: datetime) -> SavedMethod:
    """Keep `card` for later charges of `user`, as the consent on the hosted page said (R-PAY-1)."""
    method, _ = SavedMethod.objects.update_or_create(
        stripe_id=card.id,
        defaults={
            "brand": card.brand,
            "last4": card.last4,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "last_used_at": now,
        },
        create_defaults={
            "user": user,
            "brand": card.brand,
            "last4": card.last4,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "last_used_at": now,
        },
    )
    return method
