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
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from marketplace.web.clock import database_now
from payments import timing
from payments.enums import (
    UNCLOSED,
    AttemptMode,
    AttemptState,
    ChargeState,
    DisputeOutcome,
    DisputeState,
    EventState,
    EvidenceState,
    MethodState,
    Outcome,
    RefundState,
    ReversalState,
    TransferState,
)
from payments.gateway import GatewayError, Misconfigured
from payments.models import (
    Charge,
    ChargeAttempt,
    ConnectedAccount,
    Dispute,
    Refund,
    SavedMethod,
    TransferReversal,
    WebhookEvent,
)
from payments.selectors import due_surplus, due_transfers
from payments.services.announcing import announce_charge, announce_dispute, announce_refund, announce_surplus
from payments.services.answering import send_evidence
from payments.services.closing import cancel_strays
from payments.services.disputing import follow_dispute
from payments.services.methods import detach_method
from payments.services.onboarding import refresh_account
from payments.services.receiving import process_event
from payments.services.refreshing import look_at
from payments.services.refunding import return_surplus_again
from payments.services.returning import look_at_refund, submit_refund
from payments.services.reversing import submit_reversal
from payments.services.submitting import submit_attempt
from payments.services.transferring import submit_transfer
from payments.services.withdrawing import carry_out_withdrawal
from payments.transitions import OPEN_DISPUTE

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
    """Second captures whose refund failed, refunds to send, and those that the bank is slow about."""
    again = _each(due_surplus(database_now()), lambda row_id: return_surplus_again(attempt_id=row_id))
    due = Refund.objects.filter(due_at__lte=database_now())
    to_send = due.filter(state__in=[RefundState.PENDING, RefundState.SUBMITTING, RefundState.UNKNOWN])
    sent = _each(to_send, lambda row_id: submit_refund(refund_id=row_id))
    return again + sent + _each(due.filter(state=RefundState.PROCESSING), _watch_refund)


def sweep_transfers() -> int:
    """Cleared money to send, and what a worker that died left on its way."""
    return _each(due_transfers(database_now()), lambda row_id: submit_transfer(transfer_id=row_id))


def sweep_reversals() -> int:
    """What is to be taken back of transfers that have arrived."""
    to_send = (ReversalState.PENDING, ReversalState.SUBMITTING, ReversalState.UNKNOWN)
    due = TransferReversal.objects.filter(due_at__lte=database_now(), state__in=to_send)
    due = due.filter(transfer__state=TransferState.SUCCEEDED)
    return _each(due, lambda row_id: submit_reversal(reversal_id=row_id))


def sweep_accounts() -> int:
    """Ask anew about sellers' accounts, those that can't be paid first: their webhooks can't be listed afterwards."""
    before = database_now() - timing.ACCOUNT_LIFE
    stale = Q(transfers_active=False) | Q(refreshed_at__lte=before)
    accounts = ConnectedAccount.objects.filter(stale, stripe_id__isnull=False)
    return _each(accounts, _ask_account, order="refreshed_at")


def sweep_methods() -> int:
    """Removed methods that the provider has not forgotten yet."""
    due = SavedMethod.objects.filter(state=MethodState.DETACHING, due_at__lte=database_now())
    return _each(due, lambda row_id: detach_method(method_id=row_id))


def sweep_disputes() -> int:
    """Our side to send, and disputes whose news may have been lost."""
    due = Dispute.objects.filter(due_at__lte=database_now())
    queued = due.filter(state__in=OPEN_DISPUTE, evidence_state=EvidenceState.QUEUED)
    sent = _each(queued, lambda row_id: send_evidence(dispute_id=row_id))
    undecided = Q(state__in=OPEN_DISPUTE) | Q(state=DisputeState.WON, reinstated__lt=F("withdrawn"))
    return sent + _each(due.filter(undecided).exclude(evidence_state=EvidenceState.QUEUED), _watch_dispute)


def sweep_announcements() -> int:
    """Outcomes not taken yet, and second captures that nobody was told of, those tried least first."""
    waiting = Charge.objects.filter(announced_at=None).exclude(outcome=Outcome.NONE)
    told = _each(waiting, lambda row_id: announce_charge(charge_id=row_id), order="announce_tries")
    surplus = ChargeAttempt.objects.filter(state=AttemptState.SURPLUS, surplus_told_at=None)
    told += _each(surplus, lambda row_id: announce_surplus(attempt_id=row_id), order="surplus_tries")
    ended = Refund.objects.filter(state__in=[RefundState.SUCCEEDED, RefundState.FAILED]).exclude(told=F("state"))
    told += _each(ended, lambda row_id: announce_refund(refund_id=row_id), order="tell_tries")
    disputes = Dispute.objects.filter(announced_at=None).exclude(outcome=DisputeOutcome.NONE)
    return told + _each(disputes, lambda row_id: announce_dispute(dispute_id=row_id), order="announce_tries")


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
        except Misconfigured as error:  # our key, not this row: the next rows would be refused as well
            log.error("sweep_ended", model=rows.model.__name__, error=str(error))
            break
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


def _ask_account(account_id: int) -> None:
    _quietly(partial(refresh_account, account_id=account_id))


def _watch_refund(refund_id: int) -> None:
    due = Refund.objects.filter(pk=refund_id, due_at__lte=database_now())
    if due.update(due_at=database_now() + timing.POLL):
        _quietly(partial(look_at_refund, Refund.objects.get(pk=refund_id)))


def _watch_dispute(dispute_id: int) -> None:
    due = Dispute.objects.filter(pk=dispute_id, due_at__lte=database_now())
    if due.update(due_at=database_now() + timing.DISPUTE_POLL):
        provider_id = Dispute.objects.values_list("provider_id", flat=True).get(pk=dispute_id)
        _quietly(lambda: follow_dispute(provider_id=provider_id))


def _quietly(ask: Callable[[], object]) -> None:
    """Without an answer it is asked again later. Raises Misconfigured."""
    try:
        ask()
    except Misconfigured:
        raise
    except GatewayError as error:
        log.warning("provider_not_reached", error=str(error))
