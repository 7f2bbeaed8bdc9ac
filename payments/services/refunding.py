"""Sending money back, in full, by the way it came (R-PAY-7). A worker speaks to the bank.

Here are only the rows and the books.
"""

from datetime import datetime

from django.db import transaction

from marketplace.web.clock import database_now
from payments import ledger
from payments.enums import AttemptState, ChargeState, RefundKind, RefundState
from payments.errors import MoneyMoved, NotCaptured
from payments.models import Charge, ChargeAttempt, Refund
from payments.queue import nudge_on_commit
from payments.services import booking
from payments.services.moving import lock_charge


@transaction.atomic
def request_refund(*, charge: Charge, reason: str, now: datetime) -> Refund:
    """Send back all of `charge`, buyer fee included, from held money; a second call returns the refund under way.

    In the caller's transaction. Raises NotCaptured, or MoneyMoved once the work was accepted.
    """
    locked = lock_charge(charge.pk)
    if locked.state != ChargeState.SUCCEEDED:
        raise NotCaptured
    if ledger.is_posted(booking.acceptance_source(locked)):
        raise MoneyMoved
    captured = ChargeAttempt.objects.get(charge=locked, state=AttemptState.SUCCEEDED)
    under_way = Refund.objects.filter(attempt=captured).exclude(state=RefundState.FAILED).first()
    if under_way is not None:
        return under_way
    return _open_refund(charge=locked, attempt=captured, kind=RefundKind.HELD, reason=reason, now=now)


def refund_surplus(*, charge: Charge, attempt: ChargeAttempt, now: datetime) -> Refund:
    """Send back a second capture of a locked charge: nobody is charged twice (R-PAY-3)."""
    booking.book_surplus(charge=charge, attempt=attempt, now=now)
    return _open_refund(charge=charge, attempt=attempt, kind=RefundKind.SURPLUS, reason="Paid twice", now=now)


def _open_refund(*, charge: Charge, attempt: ChargeAttempt, kind: RefundKind, reason: str, now: datetime) -> Refund:
    number = Refund.objects.filter(attempt=attempt).count() + 1
    refund = Refund.objects.create(
        charge=charge,
        attempt=attempt,
        kind=kind,
        amount=charge.total,
        price_part=charge.total if kind == RefundKind.SURPLUS else charge.amount,
        fee_part=0 if kind == RefundKind.SURPLUS else charge.fee,
        currency=charge.currency,
        reason=reason[:200],
        idempotency_key=f"refund:{charge.public_id}:{attempt.number}:{number}",
        due_at=database_now(),
        created_at=now,
    )
    booking.book_refund_requested(charge=charge, refund=refund, now=now)
    nudge_on_commit("submit_refund", refund.pk)
    return refund
