"""Asking the provider how a charge stands: for the return page, a webhook, a sweep, or support."""

from datetime import datetime

import structlog

from payments.enums import AttemptState
from payments.gateway import GatewayError, ObjectMissing
from payments.models import Charge, ChargeAttempt
from payments.services.announcing import announce_charge
from payments.services.settling import settle, settle_checkout
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)


def refresh_charge(*, charge: Charge, now: datetime) -> Charge:  # noqa: ARG001 (the database's clock decides)
    """Ask the provider and settle; the charge as it is then. Network: not in a transaction.

    A provider that can't be reached changes nothing: the sweeps go on asking.
    """
    try:
        ask_provider(charge=charge)
    except GatewayError as error:
        log.warning("charge_not_refreshed", charge=charge.public_id, error=str(error))
    announce_charge(charge_id=charge.pk)
    return Charge.objects.get(pk=charge.pk)


def ask_provider(*, charge: Charge) -> int:
    """Settle what the provider says of each attempt that could take money; how many it was asked about.

    Network: not in a transaction. Raises GatewayError.
    """
    live = list(ChargeAttempt.objects.filter(charge=charge, state=AttemptState.LIVE))
    for attempt in live:
        look_at(attempt)
    return len(live)


def look_at(attempt: ChargeAttempt) -> None:
    """Fetch what the provider has under the ids of `attempt`, and settle it. Raises GatewayError."""
    gateway = default_gateway()
    try:
        if attempt.checkout_id:
            settle_checkout(attempt_id=attempt.pk, page=gateway.get_checkout(attempt.checkout_id))
        elif attempt.payment_id:
            settle(attempt_id=attempt.pk, snapshot=gateway.get_payment(attempt.payment_id))
    except ObjectMissing:
        log.error("attempt_missing_at_provider", attempt=attempt.idempotency_key)
