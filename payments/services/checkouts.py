"""The hosted page: opened when the payer comes, reused while it is open, opened anew when it has closed.

Opening one takes no money, so two clicks may both do it: same key, same frozen parameters, same page.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F

from marketplace.web.clock import database_now
from payments.crash_points import crash_point
from payments.enums import AttemptMode, AttemptState, ChargeActor, ChargeState
from payments.errors import AlreadyPaid, ChargeEnded, ChargeInFlight, PageUnavailable
from payments.gateway import CheckoutSnapshot, CustomerMissing, GatewayError
from payments.models import Charge, ChargeAttempt
from payments.services.attempts import freeze_params, queue_attempt
from payments.services.closing import close_attempts
from payments.services.customers import ensure_customer, forget_customer
from payments.services.moving import close, lock_attempt, lock_charge, move, unclosed_attempts
from payments.services.refreshing import look_at
from payments.stripe_gateway import default_gateway
from payments.timing import PAGE_LIFE, PAGE_MARGIN, POLL

log = structlog.get_logger(__name__)


def start_checkout(*, charge: Charge, success_url: str, cancel_url: str, now: datetime, consent: str = "") -> str:
    """The address of a hosted page where the payer can pay this charge. Network: never in a transaction.

    `consent` is said there: to what later charges of the method the payer agrees, for who opened the charge knows.
    An open page is handed out again. For a saved method that was declined, the old payment is cancelled and read again
    first. Raises AlreadyPaid, ChargeInFlight, ChargeEnded, or PageUnavailable when the provider can't be reached.
    """
    try:
        return _hand_out(charge, now, success_url=success_url, cancel_url=cancel_url, consent=consent)
    except GatewayError as error:
        log.exception("checkout_not_opened", charge=charge.public_id, error=str(error))
        raise PageUnavailable from error


def _hand_out(charge: Charge, now: datetime, **asked: str) -> str:
    attempt = _page_attempt(charge, now)
    if attempt.checkout_url:
        return attempt.checkout_url
    close_attempts(charge_id=charge.pk, before=attempt.number)
    try:
        return _open_page(attempt, **asked)
    except CustomerMissing:
        _leave_customer(attempt.pk)
    fresh = _page_attempt(charge, now)
    return fresh.checkout_url or _open_page(fresh, **asked)


def _leave_customer(attempt_id: int) -> None:
    """The payer's customer was deleted at the provider: the attempt whose parameters and key name it ends with it."""
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt_id)
        forget_customer(user=charge.payer, stripe_id=str(locked.params["customer_id"]))
        if locked.state == AttemptState.QUEUED:
            close(locked)


def _page_attempt(charge: Charge, now: datetime) -> ChargeAttempt:
    """The attempt whose page is open, or one queued to get a page; what an older page has become is settled first."""
    for attempt in unclosed_attempts(charge.pk):
        if attempt.checkout_id:
            look_at(attempt)
    with transaction.atomic(durable=True):
        locked = lock_charge(charge.pk)
        _refuse_unpayable(locked)
        if locked.state != ChargeState.AWAITING_PAYER:
            move(locked, "invite_payer", ChargeActor.PAYER)
        for attempt in unclosed_attempts(locked.pk):
            if attempt.mode == AttemptMode.CHECKOUT and not _is_stale(attempt):
                return attempt
            if attempt.state == AttemptState.QUEUED:
                close(attempt)
        return queue_attempt(charge=locked, mode=AttemptMode.CHECKOUT, now=now)


def _refuse_unpayable(charge: Charge) -> None:
    match charge.state:
        case ChargeState.SUCCEEDED:
            raise AlreadyPaid
        case ChargeState.WITHDRAWING | ChargeState.WITHDRAWN:
            raise ChargeEnded
        case ChargeState.AWAITING_PAYER | ChargeState.DECLINED | ChargeState.ACTION_REQUIRED:
            return
        case _:
            raise ChargeInFlight


def _is_stale(attempt: ChargeAttempt) -> bool:
    """Its page closes too soon to be handed out; or its key brought no page twice, and may have an error stored.

    An address that nobody was given can be forgotten: no money comes that way.
    """
    closes = attempt.checkout_expires_at
    if closes is not None and closes <= database_now() + PAGE_MARGIN:
        return True
    return attempt.checkout_id is None and attempt.tries >= 2


def _open_page(attempt: ChargeAttempt, **asked: str) -> str:
    """The address of the page that the provider makes; a try that brings none is counted, and raises GatewayError."""
    try:
        page = _ask_for_page(attempt, **asked)
    except GatewayError:
        ChargeAttempt.objects.filter(pk=attempt.pk).update(tries=F("tries") + 1)
        raise
    crash_point("checkout:opened")
    return _record_page(attempt.pk, page)


def _ask_for_page(attempt: ChargeAttempt, *, consent: str, **ways_back: str) -> CheckoutSnapshot:
    customer_id = ensure_customer(user=attempt.charge.payer, attempt_key=attempt.idempotency_key)
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        _refuse_unpayable(charge)
        sent = database_now()
        locked.checkout_expires_at = locked.checkout_expires_at or (sent + PAGE_LIFE).replace(microsecond=0)
        freeze_params(locked, customer_id=customer_id, consent=consent, **ways_back)
        locked.first_sent_at = locked.first_sent_at or sent
        locked.sent_at = sent
        locked.save()
    crash_point("checkout:sending")
    return default_gateway().create_checkout(
        **locked.params, expires_at=locked.checkout_expires_at, idempotency_key=locked.idempotency_key
    )


def _record_page(attempt_id: int, page: CheckoutSnapshot) -> str:
    with transaction.atomic(durable=True):
        charge, attempt = lock_attempt(attempt_id)
        wanted = (
            attempt.state in (AttemptState.QUEUED, AttemptState.LIVE) and charge.state == ChargeState.AWAITING_PAYER
        )
        if wanted:
            attempt.state = AttemptState.LIVE
        attempt.checkout_id = page.id
        attempt.checkout_url = page.url
        attempt.due_at = database_now() + POLL
        attempt.save()
    if not wanted:  # it was paid or withdrawn meanwhile: nobody gets this address
        default_gateway().expire_checkout(page.id)
        _refuse_unpayable(charge)
        raise PageUnavailable
    return page.url
