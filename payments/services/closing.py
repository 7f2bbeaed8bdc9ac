"""Making sure that an attempt can take no money any more: cancel or expire, then believe what is read after."""

import structlog
from django.db import transaction

from payments import timing
from payments.enums import AttemptState
from payments.gateway import ObjectMissing, OutcomeUnknown
from payments.models import ChargeAttempt
from payments.services.moving import close, lock_attempt, unclosed_attempts
from payments.services.settling import settle, settle_checkout
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)


def close_attempts(*, charge_id: int, before: int | None = None) -> None:
    """Close the unclosed attempts of a charge, or those numbered below `before`. Network: not in a transaction.

    Whatever they turn out to be is settled on the way. Raises OutcomeUnknown when one could still take money.
    """
    for attempt in unclosed_attempts(charge_id):
        if before is None or attempt.number < before:
            _close_attempt(attempt)


def cancel_strays(attempt: ChargeAttempt) -> None:
    """Cancel what was created for a closed attempt without our learning its id. Network. Raises GatewayError."""
    gateway = default_gateway()
    for snapshot in gateway.find_payments(
        charge_ref=attempt.charge.public_id,
        customer_id=attempt.params["customer_id"],
        created_after=(attempt.first_sent_at or attempt.created_at) - timing.SETTLING_IN,
    ):
        if snapshot.metadata.get("attempt") == str(attempt.number):
            settle(attempt_id=attempt.pk, snapshot=gateway.cancel_payment(snapshot.id))


def _close_attempt(attempt: ChargeAttempt) -> None:
    try:
        if attempt.checkout_id:
            _close_page(attempt.pk, attempt.checkout_id)
        elif attempt.payment_id:
            settle(attempt_id=attempt.pk, snapshot=default_gateway().cancel_payment(attempt.payment_id))
        else:
            _write_closed(attempt.pk)
    except ObjectMissing:
        log.error("attempt_missing_at_provider", attempt=attempt.idempotency_key)
        _write_closed(attempt.pk)
    attempt.refresh_from_db()
    if attempt.state == AttemptState.LIVE:
        raise OutcomeUnknown(f"{attempt.idempotency_key} could still take money")


def _close_page(attempt_id: int, checkout_id: str) -> None:
    """A completed page whose payment failed afterwards is closed by cancelling that payment."""
    page = default_gateway().expire_checkout(checkout_id)
    settle_checkout(attempt_id=attempt_id, page=page)
    if page.status == "complete" and page.payment is not None and page.payment.status not in ("succeeded", "canceled"):
        settle(attempt_id=attempt_id, snapshot=default_gateway().cancel_payment(page.payment.id))


def _write_closed(attempt_id: int) -> None:
    """An attempt that never had an id at the provider: at worst an unconfirmed payment, which takes no money."""
    with transaction.atomic(durable=True):
        _, attempt = lock_attempt(attempt_id)
        if attempt.state in (AttemptState.QUEUED, AttemptState.LIVE):
            close(attempt)
