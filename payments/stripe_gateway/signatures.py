"""Webhooks: proving that an event comes from Stripe, and reading what it hints at."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import stripe

from payments.gateway import BadSignature, GatewayEvent, Misconfigured

TOLERANCE_SECONDS = 300


def verify(*, body: bytes, signature: str, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless one of `secrets` signed `body` within 300 s of `now`, either way.

    The SDK accepts any time in the future; we don't. More than one secret is in force while one is being rotated.
    """
    if not secrets:
        raise Misconfigured("no secret of this webhook endpoint is set")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadSignature("the body is not UTF-8") from error
    if not any(_signed_by(text, signature, secret) for secret in secrets):
        raise BadSignature("no configured secret signed this body")
    if abs(now.timestamp() - _signed_at(signature)) > TOLERANCE_SECONDS:
        raise BadSignature("signed too long ago, or in the future")


def read_event(body: bytes) -> GatewayEvent:
    """The event in a verified body; BadSignature when it is none."""
    try:
        event = json.loads(body)
        return event_of(event)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSignature("the body is not an event") from error


def event_of(event: dict[str, Any]) -> GatewayEvent:
    subject = event["data"]["object"]
    return GatewayEvent(
        id=event["id"],
        type=event["type"],
        created=datetime.fromtimestamp(event["created"], UTC),
        livemode=event["livemode"],
        object_id=subject.get("id") or "",
        object_type=subject["object"],
        api_version=event.get("api_version") or "",
        account=event.get("account") or "",
        payload=event,
    )


def _signed_by(text: str, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(text, signature, secret))
    except (stripe.SignatureVerificationError, TypeError):  # TypeError: the header is not ASCII
        return False


def _signed_at(signature: str) -> int:
    """The instant that the header names, as the SDK reads it: the first `t`."""
    stamps = [item.split("=", 2)[1] for item in signature.split(",") if item.startswith("t=")]
    return int(stamps[0])
