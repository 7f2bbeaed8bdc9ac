"""What was paid becomes the seller's: accrued when the work is accepted, payable when it is released (R-PAY-5)."""

from datetime import datetime

from django.db import transaction

from marketplace.kernel.money import basis_points
from payments import ledger
from payments.enums import AccountKind, ChargeState, RefundState
from payments.errors import MoneyMoved, NotCaptured
from payments.models import Charge, Refund
from payments.services import booking
from payments.services.moving import lock_charge


@transaction.atomic
def accrue_charge(*, charge: Charge, commission_bp: int, now: datetime) -> None:
    """The work was accepted: held money becomes the seller's part and the commission (basis points, half up).

    In the caller's transaction; a second call changes nothing. Raises NotCaptured, or MoneyMoved when it is on its way
    back to the buyer.
    """
    locked = lock_charge(charge.pk)
    if ledger.is_posted(booking.acceptance_source(locked)):
        return
    if locked.state != ChargeState.SUCCEEDED:
        raise NotCaptured
    if Refund.objects.filter(charge=locked, kind="held").exclude(state=RefundState.FAILED).exists():
        raise MoneyMoved
    booking.book_acceptance(charge=locked, commission=basis_points(locked.amount, commission_bp), now=now)


@transaction.atomic
def release_charge(*, charge: Charge, now: datetime) -> None:
    """Accrued money becomes payable to the seller; commission and buyer fee become income now.

    In the caller's transaction; a second call changes nothing. Raises NotCaptured when nothing was accrued.
    """
    locked = lock_charge(charge.pk)
    if ledger.is_posted(booking.release_source(locked)):
        return
    if not ledger.is_posted(booking.acceptance_source(locked)):
        raise NotCaptured
    accrued = ledger.lines_of(booking.acceptance_source(locked))
    commission = -sum(line.amount for line in accrued if line.account == AccountKind.COMMISSION_ACCRUED)
    booking.book_release(charge=locked, commission=commission, now=now)
