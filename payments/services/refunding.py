"""Sending money back, all or a part, by the way it came (R-PAY-7). A worker speaks to the bank.

Here are only the rows and the books.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from marketplace.kernel.money import Money
from marketplace.web.clock import database_now
from payments.enums import AttemptState, ChargeState, RefundKind, RefundOrigin, RefundState
from payments.errors import ChargeDisputed, NotCaptured, RefundBeyondPayment
from payments.gateway import RefundSnapshot
from payments.models import Charge, ChargeAttempt, Refund
from payments.queue import nudge_on_commit
from payments.selectors import due_surplus, open_dispute_of
from payments.services import booking
from payments.services.moving import lock_attempt, lock_charge
from payments.services.standing import Standing, standing_of, surplus_left, take_from
from payments.shares import Parts


@transaction.atomic
def request_refund(*, charge: Charge, amount: int | None = None, reason: str, now: datetime) -> Refund:
    """Send back `amount` of `charge`, the buyer's fee on it included, from where its money stands; None: all that is
    left, and when that is on its way already, the refund that takes it.

    In the caller's transaction. Raises NotCaptured, ChargeDisputed while the buyer's bank has taken it back, and
    RefundBeyondPayment, which says how much is left.
    """
    locked = lock_charge(charge.pk)
    captured = captured_attempt(locked)
    money = standing_of(locked)
    if amount is None and not money.left.total and (last := _last(captured)):
        return last
    return _open(locked, captured, money, _allowed(locked, money, amount), reason=reason, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPlan:
    """How a refund would divide, and what is `left` after it in minor units. `sent`: the seller has been paid it."""

    parts: Parts
    left: int
    sent: bool


@transaction.atomic
def plan_refund(*, charge: Charge, amount: int | None = None) -> RefundPlan:
    """What `request_refund` would do now. Reads under the charge's lock, changes nothing, raises the same."""
    locked = lock_charge(charge.pk)
    captured_attempt(locked)
    money = standing_of(locked)
    parts = money.divide(_allowed(locked, money, amount))
    left = money.left.total - parts.total
    return RefundPlan(parts=parts, left=left, sent=money.kind_of(parts) == RefundKind.PAID_OUT)


def _allowed(charge: Charge, money: Standing, amount: int | None) -> int:
    if open_dispute_of(charge) is not None:
        raise ChargeDisputed
    total = money.left.total if amount is None else amount
    if not 0 < total <= money.left.total:
        raise RefundBeyondPayment(field="amount", left=Money(money.left.total, charge.currency))
    return total


def refund_surplus(*, charge: Charge, attempt: ChargeAttempt, now: datetime) -> Refund:
    """Send back a second capture of a locked charge: nobody is charged twice (R-PAY-3)."""
    booking.book_surplus(charge=charge, attempt=attempt, now=now)
    return _begin_surplus(charge, attempt, charge.total, now)


def return_surplus_again(*, attempt_id: int) -> Refund | None:
    """Send back what of a second capture failed to, once its wait is over and no chargeback of it is open; None:
    nothing is due (R-PAY-3).
    """
    with transaction.atomic(durable=True):
        charge, attempt = lock_attempt(attempt_id)
        now = database_now()
        if not due_surplus(now).filter(pk=attempt.pk).exists():
            return None
        return _begin_surplus(charge, attempt, surplus_left(charge, attempt), now)


def captured_attempt(charge: Charge) -> ChargeAttempt:
    """The attempt that took the money of a charge. Raises NotCaptured."""
    if charge.state != ChargeState.SUCCEEDED:
        raise NotCaptured
    return ChargeAttempt.objects.get(charge=charge, state=AttemptState.SUCCEEDED)


def adopt(*, charge: Charge, attempt: ChargeAttempt, snapshot: RefundSnapshot, now: datetime) -> Refund | None:
    """Give a refund that was made at the provider its row and its booking; None while our own refunds under way stand
    in its place, which the provider will refuse. The charge is locked.
    """
    if attempt.state == AttemptState.SURPLUS:
        kind, parts = RefundKind.SURPLUS, Parts(price=snapshot.amount)
        if snapshot.amount > surplus_left(charge, attempt):
            return None
    else:
        money = standing_of(charge)
        if snapshot.amount > money.left.total:
            return None
        parts = money.divide(snapshot.amount)
        kind = money.kind_of(parts)
        take_from(money, kind, parts)
    refund = _new(charge, attempt, kind, parts, reason="Made in Stripe’s dashboard", now=now)
    refund.origin = RefundOrigin.PROVIDER
    refund.state = RefundState.PROCESSING
    refund.provider_id = snapshot.id
    refund.first_sent_at = refund.sent_at = now
    return _begin(charge, refund, now)


def _begin_surplus(charge: Charge, attempt: ChargeAttempt, total: int, now: datetime) -> Refund:
    refund = _new(charge, attempt, RefundKind.SURPLUS, Parts(price=total), reason="Paid twice", now=now)
    return _begin(charge, refund, now)


def _open(charge: Charge, attempt: ChargeAttempt, money: Standing, total: int, *, reason: str, now: datetime) -> Refund:
    parts = money.divide(total)
    kind = money.kind_of(parts)
    take_from(money, kind, parts)
    return _begin(charge, _new(charge, attempt, kind, parts, reason=reason, now=now), now)


def _new(
    charge: Charge, attempt: ChargeAttempt, kind: RefundKind, parts: Parts, *, reason: str, now: datetime
) -> Refund:
    number = Refund.objects.filter(attempt=attempt).count() + 1
    return Refund(
        charge=charge,
        attempt=attempt,
        kind=kind,
        amount=parts.total,
        price_part=parts.price,
        fee_part=parts.fee,
        commission_part=parts.commission,
        currency=charge.currency,
        reason=reason[:200],
        idempotency_key=f"refund:{charge.public_id}:{attempt.number}:{number}",
        due_at=database_now(),
        created_at=now,
    )


def _begin(charge: Charge, refund: Refund, now: datetime) -> Refund:
    refund.save(force_insert=True)
    booking.book_refund_requested(charge=charge, refund=refund, now=now)
    nudge_on_commit("submit_refund", refund.pk)
    return refund


def _last(attempt: ChargeAttempt) -> Refund | None:
    return Refund.objects.filter(attempt=attempt).exclude(state=RefundState.FAILED).last()
