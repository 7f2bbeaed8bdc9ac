"""Telling whoever opened a charge what became of it: a second transaction, after the money is safely on the books.

The receiver locks its own row first, so this holds no lock of payments while it tells. Told once: the stamp is written
in the receiver's transaction, on the condition that nothing newer has happened.
"""

from datetime import datetime
from typing import cast

import structlog
from django.db import transaction
from django.db.models import F

from marketplace.web.clock import database_now
from payments.enums import Outcome
from payments.models import Charge
from payments.signals import ChargeOutcome, ChargeResult, charge_settled

log = structlog.get_logger(__name__)


class _Overtaken(Exception):
    """Someone else told it, or something newer happened: undo this telling."""


def set_outcome(charge: Charge, outcome: Outcome, *, message: str = "", code: str = "") -> None:
    """Note on a locked charge what has to be told; the caller saves it."""
    charge.outcome = outcome
    charge.message = message[:300]
    charge.code = code[:80]
    charge.outcome_number += 1
    charge.announced_at = None
    charge.announce_tries = 0


def announce_charge(*, charge_id: int) -> bool:
    """Tell the newest outcome unless it is told already. True when it was told now.

    What a receiver raises undoes the telling alone; it is logged, and the sweep tells again.
    """
    charge = Charge.objects.filter(pk=charge_id, announced_at=None).exclude(outcome=Outcome.NONE).first()
    if charge is None:
        return False
    try:
        with transaction.atomic(durable=True):
            _tell(charge, database_now())
    except _Overtaken:
        return False
    except Exception:  # whatever a receiver raises must not stop payments; the sweep repeats it
        Charge.objects.filter(pk=charge.pk).update(announce_tries=F("announce_tries") + 1)
        log.exception("charge_announcement_failed", charge=charge.public_id, outcome=charge.outcome)
        return False
    return True


def _tell(charge: Charge, now: datetime) -> None:
    charge_settled.send(sender=Charge, result=result_of(charge), now=now)
    told = Charge.objects.filter(pk=charge.pk, announced_at=None, outcome_number=charge.outcome_number).update(
        announced_at=now
    )
    if not told:
        raise _Overtaken


def result_of(charge: Charge) -> ChargeResult:
    return ChargeResult(
        charge_id=charge.pk,
        public_id=charge.public_id,
        reference=charge.reference,
        group=charge.group,
        outcome=cast(ChargeOutcome, str(charge.outcome)),
        message=charge.message,
        code=charge.code,
        method_label=charge.method_label,
    )
