"""Finding rows whose time has come and no task was sent for. Safe twice, safe beside any number of other sweeps.

A sweep only reads ids, past rows that someone has locked; each row is then leased, worked and committed on its own, so
that one that fails doesn't hold up the others.
"""

import time
from collections.abc import Callable
from functools import partial

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from marketplace.web.clock import database_now
from payments import timing
from payments.enums import UNCLOSED, AttemptMode, AttemptState, ChargeState, EventState, Outcome, RefundState
from payments.gateway import GatewayError
from payments.models import Charge, ChargeAttempt, Refund, WebhookEvent
from payments.services.announcing import announce_charge
from payments.services.closing import cancel_strays
from payments.services.receiving import process_event
from payments.services.refreshing import look_at
from payments.services.returning import look_at_refund, submit_refund
from payments.services.submitting import submit_attempt
from payments.services.withdrawing import carry_out_withdrawal

log = structlog.get_logger(__name__)

BATCH = 50
SECONDS = 60  # what is left when they are over is due at the next sweep
TO_SEND = (ChargeState.PENDING, ChargeState.SUBMITTING, ChargeState.UNKNOWN)
TO_WATCH = (ChargeState.PROCESSING, ChargeState.AWAITING_PAYER)


def sweep_charges() -> int:
    """Send what is due; look again at pages, slow banks and captures whose provider fee isn't known. Returns rows."""
    now = database_now()
    due = ChargeAttempt.objects.filter(due_at__lte=now)
    to_send = due.filter(state__in=UNCLOSED, mode=AttemptMode.SAVED, charge__state__in=TO_SEND)
    to_watch = due.filter(
        Q(state=AttemptState.LIVE, charge__state__in=TO_WATCH)
        | Q(state=AttemptState.SUCCEEDED, provider_fee=None)
        | Q(state=AttemptState.SURPLUS, provider_fee=None)
    )
    sent = _each(to_send, lambda row_id: submit_attempt(attempt_id=row_id))
    return sent + _each(to_watch, _watch)


def sweep_strays() -> int:
    """Unconfirmed payments of attempts that were given up without ever having an id."""
    now = database_now()
    lost = ChargeAttempt.objects.filter(
        state=AttemptState.CLOSED,
        mode=AttemptMode.SAVED,
        payment_id=None,
        due_at__lte=now,
        first_sent_at__gt=now - timing.ORPHAN_LIFE,
    )
    return _each(lost, _cancel_stray)


def sweep_withdrawals() -> int:
    """Withdrawals to carry out, and leftovers of charges that are paid."""
    leftovers = ChargeAttempt.objects.filter(charge=OuterRef("pk"), state__in=UNCLOSED)
    due = Charge.objects.filter(Q(due_at=None) | Q(due_at__lte=database_now())).filter(
        Q(state=ChargeState.WITHDRAWING) | (Q(state=ChargeState.SUCCEEDED) & Exists(leftovers))
    )
    return _each(due, lambda row_id: carry_out_withdrawal(charge_id=row_id))


def sweep_refunds() -> int:
    """Refunds to send, and those that the bank is slow about."""
    due = Refund.objects.filter(due_at__lte=database_now())
    to_send = due.filter(state__in=[RefundState.PENDING, RefundState.SUBMITTING, RefundState.UNKNOWN])
    sent = _each(to_send, lambda row_id: submit_refund(refund_id=row_id))
    return sent + _each(due.filter(state=RefundState.PROCESSING), _watch_refund)


def sweep_announcements() -> int:
    """Outcomes not taken yet, those tried least first."""
    waiting = Charge.objects.filter(announced_at=None).exclude(outcome=Outcome.NONE)
    return _each(waiting, lambda row_id: announce_charge(charge_id=row_id), order="announce_tries")


def sweep_events() -> int:
    due = WebhookEvent.objects.filter(state__in=[EventState.RECEIVED, EventState.ORPHAN], due_at__lte=database_now())
    return _each(due, lambda row_id: process_event(event_id=row_id))


def _each(rows: "QuerySet[Model]", work: Callable[[int], object], *, order: str = "due_at") -> int:
    with transaction.atomic(durable=True):
        locked = rows.order_by(order, "pk").select_for_update(of=("self",), skip_locked=True)
        ids = list(locked.values_list("pk", flat=True)[:BATCH])
    began = time.monotonic()
    done = 0
    for row_id in ids:
        if time.monotonic() - began > SECONDS:
            break
        try:
            work(row_id)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # one bad row must not hold up the others; its lease brings it back
            log.exception("sweep_row_failed", model=rows.model.__name__, row_id=row_id)
        done += 1
    return done


def _watch(attempt_id: int) -> None:
    """Ask again, seldom: webhooks normally bring the news."""
    attempt = ChargeAttempt.objects.get(pk=attempt_id)
    wait = timing.POLL if attempt.state == AttemptState.LIVE else timing.FEE_POLL
    due = ChargeAttempt.objects.filter(pk=attempt_id, due_at__lte=database_now())
    if due.update(due_at=database_now() + wait):
        _quietly(partial(look_at, attempt))


def _cancel_stray(attempt_id: int) -> None:
    """A create whose reply was lost may have left a payment that takes no money: found by its marks, cancelled."""
    attempt = ChargeAttempt.objects.select_related("charge").get(pk=attempt_id)
    due = ChargeAttempt.objects.filter(pk=attempt_id, due_at__lte=database_now())
    if due.update(due_at=database_now() + timing.FEE_POLL):
        _quietly(partial(cancel_strays, attempt))


def _watch_refund(refund_id: int) -> None:
    due = Refund.objects.filter(pk=refund_id, due_at__lte=database_now())
    if due.update(due_at=database_now() + timing.POLL):
        _quietly(partial(look_at_refund, Refund.objects.get(pk=refund_id)))


def _quietly(ask: Callable[[], None]) -> None:
    try:
        ask()
    except GatewayError as error:
        log.warning("provider_not_reached", error=str(error))
