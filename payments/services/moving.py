"""Locking and moving charges and refunds: the only writers of their states.

Lock order: charge, attempt or refund, ledger accounts.
"""

from payments.enums import UNCLOSED, AttemptState, ChargeActor, ChargeState, RefundState
from payments.errors import IllegalMove
from payments.models import Charge, ChargeAttempt, Refund
from payments.transitions import CHARGE, REFUND


def lock_charge(charge_id: int) -> Charge:
    """The row, locked until the caller's transaction ends. No other lock of payments is taken before it."""
    return Charge.objects.select_for_update(of=("self",)).select_related("payer", "payee", "method").get(pk=charge_id)


def lock_attempt(attempt_id: int) -> tuple[Charge, ChargeAttempt]:
    """The charge of an attempt and the attempt, both locked, in this order."""
    charge_id = ChargeAttempt.objects.values_list("charge_id", flat=True).get(pk=attempt_id)
    charge = lock_charge(charge_id)
    attempt = ChargeAttempt.objects.select_for_update().get(pk=attempt_id)
    attempt.charge = charge
    return charge, attempt


def lock_refund(refund_id: int) -> tuple[Charge, Refund]:
    """The charge of a refund and the refund, both locked, in this order."""
    charge_id = Refund.objects.values_list("charge_id", flat=True).get(pk=refund_id)
    charge = lock_charge(charge_id)
    refund = Refund.objects.select_for_update().select_related("attempt").get(pk=refund_id)
    refund.charge = charge
    return charge, refund


def can_move(charge: Charge, name: str) -> bool:
    return charge.state in CHARGE.find(name).sources


def move(charge: Charge, name: str, actor: ChargeActor) -> None:
    """Take the row `name` of the table on a locked charge and save it whole; IllegalMove when it isn't allowed."""
    row = CHARGE.find(name)
    if not row.permits(ChargeState(charge.state), actor):
        raise IllegalMove(name=name, state=charge.state)
    charge.state = row.target
    charge.save()


def move_refund(refund: Refund, name: str, actor: ChargeActor) -> None:
    row = REFUND.find(name)
    if not row.permits(RefundState(refund.state), actor):
        raise IllegalMove(name=name, state=refund.state)
    refund.state = row.target
    refund.save()


def is_current(attempt: ChargeAttempt) -> bool:
    """Is it the newest try? Only that one speaks for the charge; an older one can still bring money."""
    return not ChargeAttempt.objects.filter(charge_id=attempt.charge_id, number__gt=attempt.number).exists()


def unclosed_attempts(charge_id: int) -> list[ChargeAttempt]:
    """Those that could still be sent or take money, oldest first."""
    return list(ChargeAttempt.objects.filter(charge_id=charge_id, state__in=UNCLOSED).order_by("number"))


def close(attempt: ChargeAttempt) -> None:
    """Write down that a locked attempt can take no money any more."""
    attempt.state = AttemptState.CLOSED
    attempt.save()
