"""Events of the provider: stored first, then processed. An event is a hint: the object is fetched and settled.

What an event says of states or amounts is never used, nor is the order in which events come.
"""

from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from django.db import transaction

from marketplace.web.clock import database_now
from payments import timing
from payments.enums import EventState
from payments.gateway import GatewayError, GatewayEvent
from payments.models import ChargeAttempt, WebhookEvent
from payments.queue import nudge_on_commit
from payments.services.adopting import follow_refund, follow_refunded
from payments.services.disputing import follow_dispute
from payments.services.methods import follow_method
from payments.services.onboarding import follow_account
from payments.services.reversing import follow_transfer
from payments.services.settling import is_live, settle, settle_checkout
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)

LISTED = "payments:events_listed_at"
ACCOUNT_NEWS = ("account.", "capability.")
METHOD_NEWS = ("payment_method.detached", "payment_method.automatically_updated", "payment_method.updated")
WANTED = (
    "checkout.session.", "payment_intent.", "refund.", "charge.refund", "charge.dispute.", *METHOD_NEWS, "transfer.",
)  # fmt: skip


def accepts_mode(event: GatewayEvent) -> bool:
    """Is it of the mode (live or test) that this site works in?"""
    return event.livemode == is_live()


@transaction.atomic
def store_event(*, event: GatewayEvent, now: datetime) -> bool:
    """Keep `event`; False when it is here already. What is of no interest is kept too, and ignored.

    What a seller's own account does with its money (its payouts, its charges) is not ours to follow.
    """
    wanted = event.type.startswith(ACCOUNT_NEWS if event.account else WANTED)
    row, created = WebhookEvent.objects.get_or_create(
        event_id=event.id,
        defaults={
            "type": event.type[:80],
            "object_id": event.object_id[:80],
            "object_type": event.object_type[:40],
            "livemode": event.livemode,
            "account": event.account[:64],
            "api_version": event.api_version[:40],
            "payload": event.payload,
            "created_at": event.created,
            "received_at": now,
            "due_at": database_now(),
            "state": EventState.RECEIVED if wanted else EventState.IGNORED,
        },
    )
    if created and wanted:
        nudge_on_commit("process_event", row.pk)
    return created


def process_event(*, event_id: int) -> None:
    """Fetch what a stored event is about and settle it. Network: never in a transaction. Safe to repeat."""
    event = _lease(event_id)
    if event is None:
        return
    try:
        known = _follow(event)
    except GatewayError as error:
        log.warning("event_not_processed", event_id=event.event_id, error=str(error))
        _write(event, state=EventState(event.state), due_in=timing.backoff(event.tries), error=str(error))
        return
    if known:
        _write(event, state=EventState.DONE)
    elif event.received_at + timing.ORPHAN_LIFE > database_now():
        _write(event, state=EventState.ORPHAN, due_in=timing.backoff(event.tries))
    else:
        log.warning("event_about_nothing_we_know", event_id=event.event_id, type=event.type)
        _write(event, state=EventState.IGNORED)


def fetch_events() -> int:
    """Store what the provider lists and no webhook brought; how many. Network: never in a transaction.

    It is read on from the last listing, not from the newest event: that one may have come after a pause in which
    others were lost. Where no listing is remembered, all that the provider still has is read.
    """
    now = database_now()
    listed: datetime | None = cache.get(LISTED)
    since = listed - timing.EVENTS_BACK if listed else now - timing.EVENTS_KEPT
    events = list(default_gateway().list_events(since=since))
    stored = sum(store_event(event=event, now=now) for event in events)
    cache.set(LISTED, now, timeout=None)
    return stored


def _lease(event_id: int) -> WebhookEvent | None:
    with transaction.atomic(durable=True):
        event = WebhookEvent.objects.select_for_update().get(pk=event_id)
        now = database_now()
        if event.state not in (EventState.RECEIVED, EventState.ORPHAN) or event.due_at > now:
            return None
        event.tries += 1
        event.due_at = now + timing.LEASE
        event.save()
        return event


def _write(event: WebhookEvent, *, state: EventState, due_in: timedelta = timedelta(), error: str = "") -> None:
    now = database_now()
    open_states = (EventState.RECEIVED, EventState.ORPHAN)
    WebhookEvent.objects.filter(pk=event.pk, tries=event.tries).update(
        state=state,
        due_at=now + due_in,
        error=error[:300],
        processed_at=None if state in open_states else now,
    )


def _follow(event: WebhookEvent) -> bool:
    """Look at what the event is about; False when it is nothing of ours."""
    if event.object_type == "refund" or event.type.startswith("charge.refund"):
        return _follow_refund(event)
    if event.object_type == "dispute":
        return follow_dispute(provider_id=event.object_id)
    if event.object_type == "transfer":
        return follow_transfer(provider_id=event.object_id, transfer_ref=_marks(event).get("transfer_ref", ""))
    if event.type.startswith(ACCOUNT_NEWS):
        return follow_account(stripe_id=event.account or event.object_id)
    if event.object_type == "payment_method":
        return follow_method(stripe_id=event.object_id)
    attempt = _attempt_of(event)
    if attempt is None:
        return False
    if event.object_type == "checkout.session":
        settle_checkout(attempt_id=attempt.pk, page=default_gateway().get_checkout(event.object_id))
    else:
        settle(attempt_id=attempt.pk, snapshot=default_gateway().get_payment(event.object_id))
    return True


def _attempt_of(event: WebhookEvent) -> ChargeAttempt | None:
    """By the provider's id, else by the marks that we gave the object."""
    field = "checkout_id" if event.object_type == "checkout.session" else "payment_id"
    found = ChargeAttempt.objects.filter(**{field: event.object_id}).first()
    if found is not None:
        return found
    marks = _marks(event)
    return ChargeAttempt.objects.filter(
        charge__public_id=marks.get("charge_ref", ""), number=_number(marks.get("attempt", ""))
    ).first()


def _follow_refund(event: WebhookEvent) -> bool:
    if event.object_type == "refund":
        return follow_refund(provider_id=event.object_id, refund_ref=_marks(event).get("refund_ref", ""))
    return follow_refunded(provider_charge_id=event.object_id, payment_id=_hint(event, "payment_intent"))


def _marks(event: WebhookEvent) -> dict[str, str]:
    """The object's metadata, as far as it has the shape that we gave it."""
    marks = _subject(event).get("metadata")
    return {str(key): str(value) for key, value in marks.items()} if isinstance(marks, dict) else {}


def _hint(event: WebhookEvent, name: str) -> str:
    """What the object is said to belong to: where to look, nothing more."""
    value = _subject(event).get(name)
    return value if isinstance(value, str) else ""


def _subject(event: WebhookEvent) -> dict[str, object]:
    data = event.payload.get("data") if isinstance(event.payload, dict) else None
    subject = data.get("object") if isinstance(data, dict) else None
    return subject if isinstance(subject, dict) else {}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0
