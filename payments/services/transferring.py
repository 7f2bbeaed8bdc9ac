"""Paying sellers: one transfer per released charge, once it has cleared, nothing holds it and the seller can be paid.

Requested (the amount is fixed and booked), leased, sent under the transfer's own key, settled. A worker may die between
any two (R-PAY-5). A definite no puts the money back to wait; no answer leaves it unknown, and it is never sent twice.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from marketplace.web.clock import database_now
from payments import timing
from payments.countries import OUTSIDE_REGION
from payments.crash_points import crash_point
from payments.enums import (
    ON_THE_WAY,
    AttemptState,
    ChargeActor,
    RefundKind,
    RefundState,
    ReversalState,
    TransferState,
)
from payments.gateway import (
    GatewayError,
    KeyMisuse,
    Misconfigured,
    ObjectMissing,
    OutcomeUnknown,
    RequestRejected,
    StateConflict,
    TransferSnapshot,
)
from payments.models import ChargeAttempt, ConnectedAccount, Refund, Transfer, TransferReversal
from payments.queue import nudge_on_commit
from payments.selectors import open_holds
from payments.services import outbound
from payments.services.alerting import alert
from payments.services.informing import tell_not_set_up, tell_outside_region, tell_sent
from payments.services.moving import lock_transfer, move_reversal, move_transfer
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)

TO_SEND = (TransferState.PENDING, TransferState.SUBMITTING, TransferState.UNKNOWN)
REFUNDING = (RefundState.PENDING, RefundState.SUBMITTING, RefundState.UNKNOWN)
SENDING = (TransferState.SUBMITTING, TransferState.UNKNOWN)


def submit_transfer(*, transfer_id: int) -> None:
    """Take a transfer as far as it goes now. Network: never in a transaction. Any number of workers may try."""
    request_transfer(transfer_id=transfer_id)
    crash_point("transfer:requested")
    leased = _lease(transfer_id)
    if leased is None:
        return
    transfer, looks_up = leased
    crash_point("transfer:leased")
    try:
        snapshot = _look_up(transfer) if looks_up else _send(transfer)
    except KeyMisuse as error:  # what the key was used for before may have happened
        _give_up(transfer, f"{type(error).__name__}: {error}")
    except (StateConflict, ObjectMissing) as error:
        _refuse(transfer, error.code if isinstance(error, StateConflict) else "account_missing", str(error))
    except RequestRejected as error:
        _refuse(transfer, "request_refused", str(error), ours=True)
    except Misconfigured as error:
        log.critical("provider_refuses_our_key", error=str(error))
        _lose_sight(transfer, str(error))
    except GatewayError as error:
        _lose_sight(transfer, str(error))
    else:
        crash_point("transfer:sent")
        settle_transfer(transfer_id=transfer_id, snapshot=snapshot)


def request_transfer(*, transfer_id: int) -> bool:
    """Fix what is sent and book it as on its way; True when it may be sent now. Never inside a transaction.

    Otherwise it goes on waiting, for its clearance, for a hold to be lifted or for the seller's account; or it is
    closed, with nothing left to send.
    """
    with transaction.atomic(durable=True):
        _, transfer = lock_transfer(transfer_id)
        now = database_now()
        if transfer.state != TransferState.WAITING or max(transfer.due_at, transfer.clears_at) > now:
            return transfer.state in TO_SEND
        if not _may_be_paid(transfer, now):
            return False
        return _request(transfer, now)


def settle_transfer(*, transfer_id: int, snapshot: TransferSnapshot) -> None:
    """Write down that a transfer exists at the provider; the books once. Never inside a transaction; safe to repeat."""
    with transaction.atomic(durable=True):
        _, transfer = lock_transfer(transfer_id)
        if differs := mismatch(transfer, snapshot):
            _quarantine(transfer, f"{snapshot.id} at Stripe differs in {differs}")
            return
        if transfer.state in SENDING:
            transfer.provider_id = snapshot.id
            transfer.succeeded_at = now = database_now()
            outbound.book_transfer_succeeded(transfer=transfer, now=now)
            move_transfer(transfer, "succeed", ChargeActor.PROVIDER)
            tell_sent(transfer=transfer, now=now)
            for reversal in transfer.reversals.filter(state=ReversalState.PENDING):
                nudge_on_commit("submit_reversal", reversal.pk)
        elif transfer.state != TransferState.SUCCEEDED:
            log.critical("transfer_nobody_asked_for", transfer=transfer.public_id, at_provider=snapshot.id)
    crash_point("transfer:settled")


def _request(transfer: Transfer, now: datetime) -> bool:
    """What the seller owes is kept, the rest set off; False when that left nothing."""
    _drop_own_reversals(transfer)
    transfer.tries += 1
    transfer.idempotency_key = f"transfer:{transfer.public_id}:{transfer.tries}"
    transfer.requested_at, transfer.first_sent_at, transfer.sent_at, transfer.failure = now, None, None, ""
    kept = min(outbound.lock_debt(transfer, to_post=outbound.REQUEST), transfer.amount)
    if kept:
        outbound.book_netting(transfer=transfer, kept=kept, now=now)
        transfer.netted += kept
        transfer.amount -= kept
    if not transfer.amount:
        move_transfer(transfer, "close", ChargeActor.WORKER)
        return False
    outbound.book_transfer_requested(transfer=transfer, now=now)
    move_transfer(transfer, "request", ChargeActor.WORKER)
    return True


def _may_be_paid(transfer: Transfer, now: datetime) -> bool:
    """Nothing holds it, no refund is taking some of it and an account takes it; else it goes on waiting."""
    if open_holds(transfer).exists():
        return False
    if Refund.objects.filter(charge=transfer.charge, kind=RefundKind.RELEASED, state__in=REFUNDING).exists():
        _wait(transfer, timing.POLL, now)
        return False
    if not ConnectedAccount.objects.filter(user=transfer.payee, transfers_active=True).exists():
        tell_not_set_up(transfer=transfer, now=now)
        _wait(transfer, timing.PAYOUT_PATIENCE, now)
        return False
    return True


def _wait(transfer: Transfer, wait: timedelta, now: datetime) -> None:
    transfer.due_at = now + wait
    transfer.save()


def _drop_own_reversals(transfer: Transfer) -> None:
    """A refund met this transfer on its way, and then it was refused: the debt is kept from it instead."""
    for reversal in TransferReversal.objects.select_for_update().filter(transfer=transfer, state=ReversalState.PENDING):
        reversal.failure = "kept from the payout"
        move_reversal(reversal, "drop", ChargeActor.WORKER)


def _lease(transfer_id: int) -> tuple[Transfer, bool] | None:
    """Commit that this worker has it for a while, and whether it is to look it up; None: there is nothing to do now."""
    with transaction.atomic(durable=True):
        _, transfer = lock_transfer(transfer_id)
        now = database_now()
        if transfer.state not in TO_SEND or transfer.due_at > now:
            return None
        looks_up = timing.key_is_spent(first_sent_at=transfer.first_sent_at, tries=transfer.tries, now=now)
        if looks_up:
            settled_in = (transfer.sent_at or now) + timing.SETTLING_IN
            if settled_in > now:
                transfer.due_at = settled_in
                transfer.save()
                return None
        else:
            transfer.first_sent_at = transfer.first_sent_at or now
            transfer.sent_at = now
        transfer.tries += 1
        transfer.due_at = now + timing.LEASE
        transfer.save()
        if transfer.state != TransferState.SUBMITTING:  # still so when the worker before died
            move_transfer(transfer, "submit", ChargeActor.WORKER)
        return transfer, looks_up


def _look_up(transfer: Transfer) -> TransferSnapshot:
    """Found by listing. Where nothing is, it is sent again later, under a new key."""
    found = default_gateway().find_transfers(transfer_ref=transfer.public_id, group=transfer.group)
    kept = [each for each in found if each.reversed_amount < each.amount]  # a person took back what had gone wrong
    if kept:
        return kept[0]
    _renew_key(transfer)
    raise OutcomeUnknown("nothing found by listing; it is sent again under a new key")


def _send(transfer: Transfer) -> TransferSnapshot:
    return default_gateway().transfer(
        transfer_ref=transfer.public_id,
        account_id=_account_id(transfer),
        amount=transfer.amount,
        currency=transfer.currency,
        source_charge_id=_source_of(transfer),
        group=transfer.group,
        idempotency_key=transfer.idempotency_key,
    )


def _account_id(transfer: Transfer) -> str:
    return ConnectedAccount.objects.get(user=transfer.payee).stripe_id or ""


def _source_of(transfer: Transfer) -> str:
    """The provider's name of the capture; asked for once where it was captured before that was written down."""
    attempt = ChargeAttempt.objects.get(charge=transfer.charge, state=AttemptState.SUCCEEDED)
    if not attempt.provider_charge_id:
        payment = default_gateway().get_payment(attempt.payment_id or "")
        attempt.provider_charge_id = payment.charge_id
        ChargeAttempt.objects.filter(pk=attempt.pk).update(provider_charge_id=payment.charge_id)
    return attempt.provider_charge_id or ""


def _renew_key(transfer: Transfer) -> None:
    """The listing shows that nothing came of the old key, long after it was last sent."""
    Transfer.objects.filter(pk=transfer.pk, tries=transfer.tries).update(
        idempotency_key=f"{outbound.request_key(transfer)}:{transfer.tries}", first_sent_at=None
    )


def mismatch(transfer: Transfer, snapshot: TransferSnapshot) -> str:
    """Which of amount, currency, destination or marks differs from what we asked for; "" when none does.

    What has arrived stays where it went, whatever account the seller has since.
    """
    account_id = snapshot.destination if transfer.provider_id else _account_id(transfer)
    pairs = {
        "amount": (snapshot.amount, transfer.amount),
        "currency": (snapshot.currency, transfer.currency),
        "destination": (snapshot.destination, account_id),
        "transfer": (snapshot.id, transfer.provider_id or snapshot.id),
        "transfer_ref": (snapshot.metadata.get("transfer_ref"), transfer.public_id),
    }
    return ", ".join(name for name, (theirs, ours) in pairs.items() if theirs != ours)


def _quarantine(transfer: Transfer, reason: str) -> None:
    log.error("transfer_quarantined", transfer=transfer.public_id, reason=reason)
    if transfer.state in SENDING:
        transfer.failure = reason[:120]
        move_transfer(transfer, "quarantine", ChargeActor.PROVIDER)
        _alert(transfer, reason, database_now())


def _alert(transfer: Transfer, reason: str, now: datetime) -> None:
    group, payee = transfer.group, transfer.payee
    alert(what="payout", public_id=transfer.public_id, group=group, payee=payee, reason=reason, now=now)


def _give_up(transfer: Transfer, reason: str) -> None:
    with transaction.atomic(durable=True):
        _, locked = lock_transfer(transfer.pk)
        if locked.tries == transfer.tries:
            _quarantine(locked, reason)


def _refuse(transfer: Transfer, code: str, reason: str, *, ours: bool = False) -> None:
    """A definite no: nothing was sent. The money is payable again, and tried again later; `ours`: a mistake of ours."""
    log.warning("transfer_refused", transfer=transfer.public_id, code=code, reason=reason)
    with transaction.atomic(durable=True):
        _, locked = lock_transfer(transfer.pk)
        if locked.tries != transfer.tries or locked.state not in ON_THE_WAY:
            return
        now = database_now()
        locked.failure = code[:120]
        wait = timing.PAYOUT_PATIENCE if code == OUTSIDE_REGION else timing.PAYOUT_RETRY
        make_payable(locked, "refuse", ChargeActor.PROVIDER, wait=wait)
        if ours:
            _alert(locked, f"Stripe does not take our request: {reason}", now)
        if code == OUTSIDE_REGION:
            tell_outside_region(transfer=locked, now=now)
        account = ConnectedAccount.objects.filter(user=locked.payee).first()
        if account is not None and code != "balance_insufficient":
            nudge_on_commit("refresh_account", account.pk)


def make_payable(transfer: Transfer, step: str, actor: ChargeActor, *, wait: timedelta = timing.PAYOUT_RETRY) -> None:
    """Nothing of a locked transfer was sent: its money waits again, and what had been kept for a debt is owed again."""
    now = database_now()
    kept = outbound.book_transfer_failed(transfer=transfer, now=now)
    transfer.netted -= kept
    transfer.amount += kept
    transfer.due_at = now + wait
    move_transfer(transfer, step, actor)


def _lose_sight(transfer: Transfer, reason: str) -> None:
    log.warning("transfer_outcome_unknown", transfer=transfer.public_id, reason=reason)
    with transaction.atomic(durable=True):
        _, locked = lock_transfer(transfer.pk)
        if locked.tries == transfer.tries and locked.state == TransferState.SUBMITTING:
            locked.due_at = database_now() + timing.backoff(locked.tries)
            move_transfer(locked, "lose_sight", ChargeActor.WORKER)
