"""Telling whoever opened a charge what became of it: a second transaction, after the money is safely on the books.

The receiver locks its own row first, so this holds no lock of payments while it tells. Told once: the stamp is written
in the receiver's transaction, on the condition that nothing newer has happened.
"""

from collections.abc import Callable
from datetime import datetime
from typing import cast

import structlog
from django.db import transaction
from django.db.models import F, Model

from marketplace.web.clock import database_now
from payments.enums import AttemptState, DisputeOutcome, Outcome, RefundKind, RefundState
from payments.models import Charge, ChargeAttempt, Dispute, Refund
from payments.selectors import left_of, lost_instead
from payments.signals import (
    ChargeOutcome,
    ChargeResult,
    DisputeEvent,
    DisputeNews,
    RefundEnd,
    RefundNews,
    SurplusNews,
    charge_settled,
    dispute_changed,
    refund_ended,
    surplus_captured,
)
from payments.stripe_gateway.declines import told_code

log = structlog.get_logger(__name__)


class _Overtaken(Exception):
    """Someone else told it, or something newer happened: undo this telling."""


def _tell_once(row: Model, *, tell: Callable[[datetime], int], tries: str) -> bool:
    """Run `tell` in a transaction of its own. It returns how many rows it stamped: none undoes the telling.

    What a receiver raises undoes the telling alone; it is logged and counted in `tries`, and the sweep tells again.
    """
    try:
        with transaction.atomic(durable=True):
            if not tell(database_now()):
                raise _Overtaken
    except _Overtaken:
        return False
    except Exception:  # whatever a receiver raises must not stop payments; the sweep repeats it
        type(row)._default_manager.filter(pk=row.pk).update(**{tries: F(tries) + 1})
        log.exception("announcement_failed", kind=row._meta.model_name, row=str(row))
        return False
    return True


def set_outcome(charge: Charge, outcome: Outcome, *, message: str = "", code: str = "") -> None:
    """Note on a locked charge what has to be told; the caller saves it."""
    charge.outcome = outcome
    charge.message = message[:300]
    charge.code = code[:80]
    charge.outcome_number += 1
    charge.announced_at = None
    charge.announce_tries = 0


def announce_charge(*, charge_id: int) -> bool:
    """Tell the newest outcome unless it is told already. True when it was told now; the sweep repeats a failure."""
    charge = Charge.objects.filter(pk=charge_id, announced_at=None).exclude(outcome=Outcome.NONE).first()
    if charge is None:
        return False
    return _tell_once(charge, tell=lambda now: _tell(charge, now), tries="announce_tries")


def _tell(charge: Charge, now: datetime) -> int:
    charge_settled.send(sender=Charge, result=result_of(charge), now=now)
    untold = Charge.objects.filter(pk=charge.pk, announced_at=None, outcome_number=charge.outcome_number)
    return untold.update(announced_at=now)


def announce_surplus(*, attempt_id: int) -> bool:
    """Tell, once, that a second capture goes back (R-PAY-3). True when it was told now; the sweep repeats a failure."""
    attempt = ChargeAttempt.objects.select_related("charge").get(pk=attempt_id)
    if attempt.state != AttemptState.SURPLUS or attempt.surplus_told_at is not None:
        return False
    return _tell_once(attempt, tell=lambda now: _tell_surplus(attempt, now), tries="surplus_tries")


def _tell_surplus(attempt: ChargeAttempt, now: datetime) -> int:
    charge = attempt.charge
    news = SurplusNews(
        charge_id=charge.pk,
        public_id=charge.public_id,
        reference=charge.reference,
        group=charge.group,
        attempt=attempt.number,
        amount=charge.total,
    )
    surplus_captured.send(sender=Charge, news=news, now=now)
    return ChargeAttempt.objects.filter(pk=attempt.pk, surplus_told_at=None).update(surplus_told_at=now)


def set_dispute_outcome(dispute: Dispute, outcome: DisputeOutcome) -> None:
    """As `set_outcome`: note on a locked dispute what has to be told; the caller saves it."""
    dispute.outcome = outcome
    dispute.outcome_number += 1
    dispute.announced_at = None
    dispute.announce_tries = 0


def announce_dispute(*, dispute_id: int) -> bool:
    """As `announce_charge`, of a dispute."""
    untold = Dispute.objects.filter(pk=dispute_id, announced_at=None).exclude(outcome=DisputeOutcome.NONE)
    dispute = untold.select_related("charge").first()
    if dispute is None:
        return False
    return _tell_once(dispute, tell=lambda now: _tell_dispute(dispute, now), tries="announce_tries")


def _tell_dispute(dispute: Dispute, now: datetime) -> int:
    charge = dispute.charge
    news = DisputeNews(
        dispute_id=dispute.pk,
        public_id=dispute.public_id,
        charge_id=charge.pk,
        reference=charge.reference,
        group=charge.group,
        event=cast(DisputeEvent, str(dispute.outcome)),
        amount=dispute.amount,
        left=left_of(charge),
        currency=dispute.currency,
        reason=dispute.reason,
    )
    dispute_changed.send(sender=Dispute, news=news, now=now)
    untold = Dispute.objects.filter(pk=dispute.pk, announced_at=None, outcome_number=dispute.outcome_number)
    return untold.update(announced_at=now)


def announce_refund(*, refund_id: int) -> bool:
    """Tell how a refund ended, again when it ends otherwise. True when it was told now; the sweep repeats a failure."""
    refund = Refund.objects.select_related("charge").get(pk=refund_id)
    if refund.state not in (RefundState.SUCCEEDED, RefundState.FAILED) or refund.told == refund.state:
        return False
    return _tell_once(refund, tell=lambda now: _tell_refund(refund, now), tries="tell_tries")


def _tell_refund(refund: Refund, now: datetime) -> int:
    charge = refund.charge
    news = RefundNews(
        refund_id=refund.pk,
        public_id=refund.public_id,
        charge_id=charge.pk,
        reference=charge.reference,
        group=charge.group,
        event=cast(RefundEnd, str(refund.state)),
        amount=refund.amount,
        seller_part=refund.price_part - refund.commission_part,
        currency=refund.currency,
        failure=refund.failure,
        of_earned=refund.kind not in (RefundKind.HELD, RefundKind.SURPLUS),
        surplus=refund.kind == RefundKind.SURPLUS,
        lost_instead=lost_instead(refund),
    )
    refund_ended.send(sender=Refund, news=news, now=now)
    return Refund.objects.filter(pk=refund.pk, state=refund.state, told=refund.told).update(told=refund.state)


def result_of(charge: Charge) -> ChargeResult:
    return ChargeResult(
        charge_id=charge.pk,
        public_id=charge.public_id,
        reference=charge.reference,
        group=charge.group,
        outcome=cast(ChargeOutcome, str(charge.outcome)),
        message=charge.message,
        code=told_code(charge.code),
        method_label=charge.method_label,
    )
