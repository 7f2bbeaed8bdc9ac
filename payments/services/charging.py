"""Opening, retrying and withdrawing charges, for the app that is owed the money."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from marketplace.web.clock import database_now
from payments.enums import IN_FLIGHT, UNCLOSED, AttemptMode, ChargeActor, ChargeState
from payments.errors import ChargeEnded, ChargeInFlight, MethodRemoved, NothingToRetry, PageOpen
from payments.models import Charge, ChargeAttempt, SavedMethod
from payments.queue import nudge_on_commit
from payments.services.attempts import queue_attempt
from payments.services.checkouts import start_checkout
from payments.services.moving import close, lock_charge, move
from payments.services.refreshing import refresh_charge

__all__ = ["open_charge", "refresh_charge", "retry_charge", "start_checkout", "withdraw_charge"]


@transaction.atomic
def open_charge(
    *, payer: User, payee: User, reference: str, group: str, amount: int, fee: int, currency: str, description: str,
    method: SavedMethod | None, now: datetime,
) -> Charge:  # fmt: skip
    """Ask `payer` for amount + fee minor units. With a saved `method` a worker charges it; without, the payer must come
    to the hosted page. In the caller's transaction. Raises ChargeInFlight when `reference` has a charge already, and
    MethodRemoved.
    """
    if method is not None and method.user_id != payer.pk:
        raise ValueError("a saved method of someone else")
    if method is not None and not SavedMethod.objects.select_for_update().get(pk=method.pk).is_active:
        raise MethodRemoved
    if Charge.objects.filter(reference=reference).exclude(state=ChargeState.WITHDRAWN).exists():
        raise ChargeInFlight
    charge = Charge.objects.create(
        payer=payer,
        payee=payee,
        reference=reference,
        group=group,
        amount=amount,
        fee=fee,
        currency=currency,
        description=description[:200],
        method=method,
        method_label=method.label if method else "",
        state=ChargeState.PENDING if method else ChargeState.AWAITING_PAYER,
        created_at=now,
    )
    attempt = queue_attempt(charge=charge, mode=AttemptMode.SAVED if method else AttemptMode.CHECKOUT, now=now)
    if method is not None:
        nudge_on_commit("submit_attempt", attempt.pk)
    return charge


@transaction.atomic
def retry_charge(*, charge: Charge, now: datetime, method: SavedMethod | None = None) -> ChargeAttempt:
    """Charge the saved method again, or another `method` of the payer, as a new attempt that is sent once the old one
    can take no money (R-PAY-2).

    Raises NothingToRetry without a method, or when the bank said not to try this one again; MethodRemoved; PageOpen
    while the payer has the hosted page open; ChargeInFlight or ChargeEnded by state.
    """
    locked = lock_charge(charge.pk)
    if locked.state in IN_FLIGHT or locked.state == ChargeState.PENDING:
        raise ChargeInFlight
    if locked.state in (ChargeState.WITHDRAWING, ChargeState.WITHDRAWN):
        raise ChargeEnded
    _choose_method(locked, method)
    for attempt in ChargeAttempt.objects.select_for_update().filter(
        charge=locked, mode=AttemptMode.CHECKOUT, state__in=UNCLOSED
    ):
        if attempt.checkout_id is None:
            close(attempt)  # nobody was ever given the address of its page
        elif attempt.checkout_expires_at is None or attempt.checkout_expires_at > database_now():
            raise PageOpen
    move(locked, "retry", ChargeActor.OWNER)
    attempt = queue_attempt(charge=locked, mode=AttemptMode.SAVED, now=now)
    nudge_on_commit("submit_attempt", attempt.pk)
    return attempt


def _choose_method(locked: Charge, method: SavedMethod | None) -> None:
    """Set which method the next attempt takes. A refused one is not tried again, whoever asks."""
    if method is not None and method.user_id != locked.payer_id:
        raise ValueError("a saved method of someone else")
    if method is not None and method.pk != locked.method_id:
        locked.method, locked.method_label, locked.method_refused = method, method.label, False
    if locked.method is None or locked.method_refused:
        raise NothingToRetry
    if not SavedMethod.objects.select_for_update().get(pk=locked.method.pk).is_active:
        raise MethodRemoved


@transaction.atomic
def withdraw_charge(*, charge: Charge, now: datetime) -> None:  # noqa: ARG001 (the database's clock decides)
    """Ask for this money no longer. A worker makes sure at the provider; the outcome is announced, and may be that the
    payer had paid. In the caller's transaction, after its own lock. Raises ChargeInFlight while the bank has the charge
    or has said yes. A second call changes nothing.
    """
    locked = lock_charge(charge.pk)
    if locked.state in (ChargeState.WITHDRAWING, ChargeState.WITHDRAWN):
        return
    if locked.state in IN_FLIGHT:
        raise ChargeInFlight
    locked.due_at = database_now()
    move(locked, "withdraw", ChargeActor.OWNER)
    nudge_on_commit("withdraw_charge", locked.pk)
