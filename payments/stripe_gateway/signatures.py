"""Webhooks: proving that an event comes from Stripe, and reading what it hints at."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Never

import stripe

from payments.gateway import BadSignature, GatewayEvent, Misconfigured

TOLERANCE_SECONDS = 300
MOST_ID = 80
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # as JSON writes it: after an even number of backslashes


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
        event = json.loads(body, parse_constant=_no_number)
        _refuse_unstorable(event)
        return event_of(event)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, RecursionError) as error:
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


def _no_number(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def _refuse_unstorable(event: dict[str, Any]) -> None:
    """What the database can't hold (NUL, half a surrogate pair, a long id) or is not of the type that it should be."""
    text = json.dumps(event, ensure_ascii=False)
    text.encode()
    if _NUL.search(text):
        raise ValueError("a NUL")
    subject = event["data"]["object"]
    words = [event["id"], event["type"], subject["object"]]
    words += [word for word in (subject.get("id"), event.get("account"), event.get("api_version")) if word is not None]
    if not all(isinstance(word, str) for word in words) or type(event["livemode"]) is not bool:
        raise ValueError("not the types of an event")
    if not 0 < len(event["id"]) <= MOST_ID:
        raise ValueError("an id that is none")


def _signed_by(text: str, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(text, signature, secret))
    except (stripe.SignatureVerificationError, TypeError):  # TypeError: the header is not ASCII
        return False


def _signed_at(signature: str) -> int:
    """The instant that the header names, as the SDK reads it: the first `t`."""
    stamps = [item.split("=", 2)[1] for item in signature.split(",") if item.startswith("t=")]
    return int(stamps[0])
