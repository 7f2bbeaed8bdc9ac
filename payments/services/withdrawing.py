"""Carrying out a withdrawal: every attempt closed at the provider, then the charge. What was paid stays paid."""

import structlog
from django.db import transaction

from marketplace.web.clock import database_now
from payments import timing
from payments.crash_points import crash_point
from payments.enums import UNCLOSED, AttemptState, ChargeActor, ChargeState, Outcome
from payments.gateway import GatewayError
from payments.models import ChargeAttempt
from payments.services.announcing import announce_charge, set_outcome
from payments.services.closing import close_attempts
from payments.services.moving import lock_charge, move

log = structlog.get_logger(__name__)

CLOSING = frozenset({ChargeState.WITHDRAWING, ChargeState.SUCCEEDED})


def carry_out_withdrawal(*, charge_id: int) -> None:
    """Close what could still take money; also the leftovers of a charge that is paid. Network: not in a transaction."""
    if not _lease(charge_id):
        return
    crash_point("withdraw:leased")
    try:
        close_attempts(charge_id=charge_id)
    except GatewayError as error:
        log.warning("withdrawal_not_finished", charge_id=charge_id, error=str(error))
        return
    crash_point("withdraw:closed")
    _finish(charge_id)
    crash_point("withdraw:committed")
    announce_charge(charge_id=charge_id)


def _lease(charge_id: int) -> bool:
    with transaction.atomic(durable=True):
        charge = lock_charge(charge_id)
        now = database_now()
        if charge.state not in CLOSING or (charge.due_at is not None and charge.due_at > now):
            return False
        charge.due_at = now + timing.LEASE
        charge.save()
        return True


def _finish(charge_id: int) -> None:
    with transaction.atomic(durable=True):
        charge = lock_charge(charge_id)
        open_attempts = ChargeAttempt.objects.filter(charge=charge, state__in=UNCLOSED).exists()
        quarantined = ChargeAttempt.objects.filter(charge=charge, state=AttemptState.QUARANTINED).exists()
        if charge.state == ChargeState.WITHDRAWING and not open_attempts and not quarantined:
            set_outcome(charge, Outcome.WITHDRAWN)
            move(charge, "confirm_withdrawal", ChargeActor.WORKER)
