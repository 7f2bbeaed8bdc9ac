"""Stripe's exceptions as ours. What is not an answer of Stripe is `OutcomeUnknown`: the effect may have happened.

429 and 409 are unknown too: the SDK's own retries can hide an attempt that was executed behind a final 429.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from payments.countries import OUTSIDE_REGION
from payments.gateway import (
    CustomerMissing,
    GatewayError,
    KeyMisuse,
    Misconfigured,
    ObjectMissing,
    OutcomeUnknown,
    RequestRejected,
    StateConflict,
)

logger = logging.getLogger(__name__)

STATE_CODES = frozenset(
    {
        "balance_insufficient",
        "charge_already_refunded",
        "charge_disputed",
        "checkout_session_not_open",
        "insufficient_capabilities_for_transfer",
        "payment_intent_unexpected_state",
        "payment_method_unactivated",
        "payment_method_unexpected_state",
        "refund_disputed_payment",
    }
)

REGION_WORDS = "be sent to accounts located in"  # has no code: the country can't be paid to under this agreement
OTHER_MODE = "a similar object exists in"  # live mode, and our key is a test one; or the other way round


@contextmanager
def translated() -> Iterator[None]:
    """Raise a GatewayError for whatever comes out of the block."""
    try:
        yield
    except GatewayError:
        raise
    except stripe.StripeError as error:
        raise translate(error) from error
    except Exception as error:
        logger.exception("An answer of Stripe could not be understood")
        raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error


def translate(error: stripe.StripeError) -> GatewayError:
    """The failure that `error` means; a decline with its intent is a result and doesn't come here."""
    message = str(error)
    match error:
        case stripe.PermissionError() if _code(error) == "account_invalid":  # about that account, not about our key
            return ObjectMissing(message)
        case stripe.AuthenticationError() | stripe.PermissionError():
            return Misconfigured(message)
        case stripe.IdempotencyError():
            return KeyMisuse(message)
        case stripe.InvalidRequestError():
            return _refusal(error, message)
        case stripe.CardError():
            return StateConflict(error.code or "card_error", message)
        case _:
            return OutcomeUnknown(message)


def _code(error: stripe.StripeError) -> str:
    """Stripe's own code, which the SDK copies to `error.code` for some kinds of error only."""
    return error.code or getattr(error.error, "code", "") or ""


def _refusal(error: stripe.InvalidRequestError, message: str) -> GatewayError:
    code = _code(error)
    if error.http_status == 404 or code == "resource_missing":
        if OTHER_MODE in message:
            return Misconfigured(message)
        return CustomerMissing(message) if error.param == "customer" else ObjectMissing(message)
    if REGION_WORDS in message:
        return StateConflict(OUTSIDE_REGION, message)
    if code in STATE_CODES:
        return StateConflict(code, message)
    return RequestRejected(f"{message} (param {error.param!r}, code {code!r})")
