"""Saved methods: removed by their owner, detached at the provider by a worker, followed when the provider changes them.

The row is the work: DETACHING until the provider has forgotten the method. Whether something still needs it is for the
app that opens charges to say (orders.services.cards); what is refused here is a method that a charge is using now.
"""

from datetime import datetime

import structlog
from django.db import transaction

from accounts.models import User
from marketplace.web.clock import database_now
from payments import timing
from payments.crash_points import crash_point
from payments.enums import ChargeState, MethodState
from payments.errors import MethodBusy, MethodUnknown
from payments.gateway import GatewayError, MethodSnapshot, ObjectMissing
from payments.models import Charge, SavedMethod
from payments.queue import nudge_on_commit
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)

USING = (ChargeState.PENDING, ChargeState.SUBMITTING, ChargeState.UNKNOWN, ChargeState.PROCESSING)


@transaction.atomic
def remove_method(*, user: User, stripe_id: str, now: datetime) -> SavedMethod:  # noqa: ARG001 (the database's clock)
    """Keep the method no longer: nothing is charged to it from now on. A second call changes nothing.

    In the caller's transaction, after its own locks. Raises MethodUnknown for somebody else's, MethodBusy while a
    charge by it is with the bank or about to be.
    """
    method = SavedMethod.objects.select_for_update().filter(user=user, stripe_id=stripe_id).first()
    if method is None:
        raise MethodUnknown
    if method.state != MethodState.ACTIVE:
        return method
    if Charge.objects.filter(method=method, state__in=USING).exists():
        raise MethodBusy
    method.state = MethodState.DETACHING
    method.due_at = database_now()
    method.save(update_fields=["state", "due_at"])
    nudge_on_commit("detach_method", method.pk)
    return method


def detach_method(*, method_id: int) -> None:
    """Make the provider forget a removed method. Network: never in a transaction. Safe for any number of workers."""
    method = _lease(method_id)
    if method is None:
        return
    crash_point("detach:leased")
    try:
        default_gateway().detach_method(method.stripe_id)
    except ObjectMissing:
        log.warning("method_missing_at_provider", method=method.stripe_id)
    except GatewayError as error:
        log.warning("method_not_detached", method=method.stripe_id, error=str(error))
        SavedMethod.objects.filter(pk=method.pk, tries=method.tries).update(
            due_at=database_now() + timing.backoff(method.tries)
        )
        return
    crash_point("detach:sent")
    _write_detached(method.stripe_id)


def follow_method(*, stripe_id: str) -> bool:
    """Read a method again that the provider changed or detached; False when it is none of ours.

    A card that its bank replaced keeps its id and gets a new number and date. Network: never in a transaction.
    Raises GatewayError.
    """
    if not SavedMethod.objects.filter(stripe_id=stripe_id).exists():
        return False
    try:
        snapshot = default_gateway().get_method(stripe_id)
    except ObjectMissing:
        _write_detached(stripe_id)
        return True
    if not snapshot.customer_id:
        _write_detached(stripe_id)
    _write_details(snapshot)
    return True


def _lease(method_id: int) -> SavedMethod | None:
    with transaction.atomic(durable=True):
        method = SavedMethod.objects.select_for_update().get(pk=method_id)
        now = database_now()
        if method.state != MethodState.DETACHING or method.due_at is None or method.due_at > now:
            return None
        method.tries += 1
        method.due_at = now + timing.LEASE
        method.save(update_fields=["tries", "due_at"])
        return method


def _write_detached(stripe_id: str) -> None:
    """It can't be charged any more, and never comes back under this id."""
    SavedMethod.objects.filter(stripe_id=stripe_id).exclude(state=MethodState.DETACHED).update(
        state=MethodState.DETACHED, due_at=None
    )


def _write_details(snapshot: MethodSnapshot) -> None:
    card = snapshot.card
    SavedMethod.objects.filter(stripe_id=card.id).update(
        brand=card.brand, last4=card.last4, exp_month=card.exp_month, exp_year=card.exp_year
    )
