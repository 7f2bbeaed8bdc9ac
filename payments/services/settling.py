"""One door for the truth: whatever a worker, a webhook, a return page or a sweep learns goes through `settle`.

Under the charge's lock; only forward; the books once. What doesn't match what we asked for is quarantined, not booked.
"""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from marketplace.web.clock import database_now
from payments.crash_points import crash_point
from payments.enums import AttemptMode, AttemptState, ChargeActor, ChargeState, Outcome
from payments.gateway import CheckoutSnapshot, Decline, PaymentSnapshot
from payments.models import Charge, ChargeAttempt
from payments.queue import nudge_on_commit
from payments.services import booking
from payments.services.alerting import alert
from payments.services.announcing import announce_charge, announce_surplus, set_outcome
from payments.services.customers import remember_method
from payments.services.moving import can_move, close, is_current, lock_attempt, move
from payments.services.refunding import refund_surplus

log = structlog.get_logger(__name__)

CANCELLED_MESSAGE = "The payment was cancelled before it went through. Nothing was charged."


def settle(*, attempt_id: int, snapshot: PaymentSnapshot) -> Charge:
    """Write down what the provider says of an attempt, then announce it. Never inside a transaction; safe to repeat."""
    with transaction.atomic(durable=True):
        charge, attempt = lock_attempt(attempt_id)
        crash_point("settle:locked")
        _record(charge, attempt, snapshot, database_now())
        crash_point("settle:written")
    crash_point("settle:committed")
    announce_charge(charge_id=charge.pk)
    if attempt.state == AttemptState.SURPLUS:
        announce_surplus(attempt_id=attempt.pk)
    crash_point("settle:announced")
    return charge


def settle_checkout(*, attempt_id: int, page: CheckoutSnapshot) -> None:
    """Write down what the provider says of a hosted page. An expired one takes no money any more; nor does one that was
    completed by a payment which failed afterwards.
    """
    if page.payment is not None:
        settle(attempt_id=attempt_id, snapshot=page.payment)
    failed_late = page.status == "complete" and page.payment is not None and page.payment.status == "declined"
    if page.status == "expired" or failed_late:
        with transaction.atomic(durable=True):
            _, attempt = lock_attempt(attempt_id)
            if attempt.state == AttemptState.LIVE and (page.payment is None or page.payment.status != "processing"):
                close(attempt)


def is_live() -> bool:
    """Does the configured key move real money?"""
    key: str = settings.STRIPE_SECRET_KEY
    return key.startswith(("sk_live_", "rk_live_"))


def mismatch(charge: Charge, attempt: ChargeAttempt, snapshot: PaymentSnapshot) -> str:
    """Which of amount, currency, customer, marks or mode differs from what we asked for; "" when none does."""
    received = charge.total if snapshot.status == "succeeded" else snapshot.amount_received
    pairs = {
        "amount": (snapshot.amount, charge.total),
        "amount_received": (snapshot.amount_received, received),
        "currency": (snapshot.currency, charge.currency),
        "customer": (snapshot.customer_id, attempt.params.get("customer_id")),
        "charge_ref": (snapshot.metadata.get("charge_ref"), charge.public_id),
        "attempt": (snapshot.metadata.get("attempt"), str(attempt.number)),
        "payment": (snapshot.id, attempt.payment_id or snapshot.id),
        "livemode": (snapshot.livemode, is_live()),
    }
    return ", ".join(name for name, (theirs, ours) in pairs.items() if theirs != ours)


def _record(charge: Charge, attempt: ChargeAttempt, snapshot: PaymentSnapshot, now: datetime) -> None:
    if differs := mismatch(charge, attempt, snapshot):
        quarantine(charge, attempt, f"{snapshot.id} at Stripe differs in {differs}", now)
        return
    if charge.state == ChargeState.QUARANTINED or attempt.state == AttemptState.QUARANTINED:
        log.error("news_of_a_quarantined_charge", charge=charge.public_id, status=snapshot.status)
        return
    attempt.payment_id = snapshot.id
    attempt.provider_charge_id = snapshot.charge_id or attempt.provider_charge_id
    _apply(charge, attempt, snapshot, now)
    attempt.save()


def _apply(charge: Charge, attempt: ChargeAttempt, snapshot: PaymentSnapshot, now: datetime) -> None:
    match snapshot.status:
        case "succeeded":
            _captured(charge, attempt, snapshot, now)
        case "canceled":
            _cancelled(charge, attempt)
        case "processing":
            if is_current(attempt) and can_move(charge, "process"):
                move(charge, "process", ChargeActor.PROVIDER)
        case "declined" | "requires_action":
            _refused(charge, attempt, snapshot.decline)
        case "requires_payment":
            pass  # created, not confirmed: no money, no news


def quarantine(charge: Charge, attempt: ChargeAttempt, reason: str, now: datetime) -> None:
    """Stop everything about a locked charge until a person has looked; nothing is booked.

    What was captured as we asked for stays captured, whatever was changed at the provider since: only people are told.
    """
    log.error("payment_quarantined", charge=charge.public_id, attempt=attempt.number, reason=reason)
    alert(what="payment", public_id=charge.public_id, group=charge.group, reason=reason, now=now)
    if attempt.state in (AttemptState.SUCCEEDED, AttemptState.SURPLUS):
        return
    attempt.state = AttemptState.QUARANTINED
    attempt.save()
    if can_move(charge, "quarantine"):
        charge.code = "quarantined"
        move(charge, "quarantine", ChargeActor.PROVIDER)


def _captured(charge: Charge, attempt: ChargeAttempt, snapshot: PaymentSnapshot, now: datetime) -> None:
    if attempt.provider_fee is None:
        attempt.provider_fee = _fee_in(charge.currency, snapshot)
    if attempt.state not in (AttemptState.SUCCEEDED, AttemptState.SURPLUS):
        _first_news_of_money(charge, attempt, snapshot, now)
    booking.book_provider_fee(charge=charge, attempt=attempt, now=now)


def _fee_in(currency: str, snapshot: PaymentSnapshot) -> int | None:
    """What the provider kept, once that is known. Taken in another currency it is no sum of ours: nothing is booked,
    and the comparison with its balance reports the payment (docs/reconciliation.md).
    """
    if snapshot.fee_currency in ("", currency):
        return snapshot.provider_fee
    log.error("settled_in_another_currency", payment=snapshot.id, ours=currency, theirs=snapshot.fee_currency)
    return 0


def _first_news_of_money(charge: Charge, attempt: ChargeAttempt, snapshot: PaymentSnapshot, now: datetime) -> None:
    if not can_move(charge, "capture") or _replaced(charge):
        log.warning("paid_twice", charge=charge.public_id, attempt=attempt.number)
        attempt.state = AttemptState.SURPLUS
        attempt.save()
        refund_surplus(charge=charge, attempt=attempt, now=now)
        return
    attempt.state = AttemptState.SUCCEEDED
    attempt.save()
    booking.book_capture(charge=charge, attempt=attempt, now=now)
    nudge_on_commit("issue_invoice", charge.pk)
    if snapshot.method is not None:
        charge.method = remember_method(user=charge.payer, card=snapshot.method, now=now)
        charge.method_label = charge.method.label
    charge.succeeded_at = now
    set_outcome(charge, Outcome.SUCCEEDED)
    move(charge, "capture", ChargeActor.PROVIDER)


def _replaced(charge: Charge) -> bool:
    """A withdrawn charge whose reference has a new one: its late money is a surplus."""
    others = Charge.objects.filter(reference=charge.reference).exclude(state=ChargeState.WITHDRAWN)
    return others.exclude(pk=charge.pk).exists()


def _refused(charge: Charge, attempt: ChargeAttempt, decline: Decline | None) -> None:
    """The bank said no, or wants the payer. On an open page the payer simply tries again: no news."""
    if not is_current(attempt) or not can_move(charge, "decline"):
        return
    charge.remedy = decline.action if decline else "authenticate"
    if decline is None or decline.action == "authenticate":
        code = decline.decline_code or decline.code if decline else "authentication_required"
        message = decline.message if decline else "Your bank wants you to confirm this payment yourself."
        set_outcome(charge, Outcome.ACTION_REQUIRED, message=message, code=code)
        move(charge, "want_payer", ChargeActor.PROVIDER)
        return
    charge.method_refused = decline.action in ("stop", "new_card") and attempt.mode == AttemptMode.SAVED
    set_outcome(charge, Outcome.DECLINED, message=decline.message, code=decline.decline_code or decline.code)
    move(charge, "decline", ChargeActor.PROVIDER)


def _cancelled(charge: Charge, attempt: ChargeAttempt) -> None:
    if attempt.state in (AttemptState.QUEUED, AttemptState.LIVE):
        close(attempt)
        if is_current(attempt) and can_move(charge, "decline"):
            charge.remedy = "retry_later"
            set_outcome(charge, Outcome.DECLINED, message=CANCELLED_MESSAGE, code="canceled")
            move(charge, "decline", ChargeActor.PROVIDER)
