"""Idempotency keys: the first request with a key works, the next ones get its answer (R-API)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.errors import IdempotencyKeyReused, RequestInFlight
from accounts.models import IdempotentRequest, User

IN_FLIGHT = timedelta(minutes=3)  # longer than any request may take
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What makes two requests the same one, as SHA-256 in hexadecimal."""

    route: str
    body: str


def reserve(*, user: User, key: str, fingerprint: Fingerprint, now: datetime) -> IdempotentRequest:
    """The row for this request: with a `status` it is answered already, else it is the caller's to work on.

    IdempotencyKeyReused when the key came with another request; RequestInFlight while another process works on it.
    A reservation whose process died can be taken over after IN_FLIGHT; the services' own rules then decide.
    """
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(
                user=user,
                key=key,
                route_hash=fingerprint.route,
                body_hash=fingerprint.body,
                created_at=now,
                in_flight_until=now + IN_FLIGHT,
            )
    except IntegrityError:
        return join(IdempotentRequest.objects.get(user=user, key=key), fingerprint=fingerprint, now=now)


def join(row: IdempotentRequest, *, fingerprint: Fingerprint, now: datetime) -> IdempotentRequest:
    if (row.route_hash, row.body_hash) != (fingerprint.route, fingerprint.body):
        raise IdempotencyKeyReused
    if row.status is not None:
        return row
    if row.in_flight_until > now or not take_over(row, now=now):
        raise RequestInFlight
    return row


def take_over(row: IdempotentRequest, *, now: datetime) -> bool:
    """Claim a dead attempt; False when another process was quicker."""
    mine = IdempotentRequest.objects.filter(pk=row.pk, attempt=row.attempt, status=None)
    row.attempt += 1
    return bool(mine.update(attempt=row.attempt, in_flight_until=now + IN_FLIGHT))


def keep_answer(*, row: IdempotentRequest, status: int, content_type: str, response: str) -> None:
    """Store the answer, unless the reservation was taken over meanwhile."""
    IdempotentRequest.objects.filter(pk=row.pk, attempt=row.attempt, status=None).update(
        status=status, content_type=content_type, response=response
    )


def give_up(*, row: IdempotentRequest) -> None:
    """Free the key of a request that ended in a fault of ours, so that it can be sent again."""
    IdempotentRequest.objects.filter(pk=row.pk, attempt=row.attempt, status=None).delete()


def prune_answers(*, now: datetime) -> int:
    """Forget answers after a day."""
    deleted, _ = IdempotentRequest.objects.filter(created_at__lt=now - KEPT).delete()
    return deleted
