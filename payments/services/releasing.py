"""What was paid becomes the seller's: accrued when the work is accepted, payable when it is released (R-PAY-5).

Of a charge that was refunded in part, what is left of it.
"""

from datetime import datetime

from django.db import transaction

from marketplace.kernel.money import basis_points
from payments import ledger
from payments.enums import ChargeActor, ChargeState, RefundKind
from payments.errors import MoneyMoved, NotCaptured
from payments.models import Charge, Transfer
from payments.services import booking
from payments.services.moving import lock_charge, move_transfer
from payments.services.standing import share_commission, standing_of
from payments.shares import Parts


@transaction.atomic
def rest_after(*, charge: Charge, back: int, commission_bp: int) -> Parts:
    """How what is left of held money would divide if `back` went to the buyer and the rest were accepted.

    Minor units; reads under the charge's lock and changes nothing. Raises NotCaptured.
    """
    locked = lock_charge(charge.pk)
    if locked.state != ChargeState.SUCCEEDED:
        raise NotCaptured
    money = standing_of(locked)
    parts = money.divide(back) if back else Parts(price=0)
    price = money.left.price - parts.price
    commission = basis_points(locked.amount, commission_bp)
    gone = commission * (locked.amount - price) // locked.amount
    return Parts(price=price, fee=money.left.fee - parts.fee, commission=commission - gone)


@transaction.atomic
def accrue_charge(*, charge: Charge, commission_bp: int, now: datetime) -> None:
    """The work was accepted: held money becomes the seller's part and the commission (basis points, half up).

    In the caller's transaction; a second call changes nothing. Raises NotCaptured, or MoneyMoved when all of it is on
    its way back to the buyer.
    """
    locked = lock_charge(charge.pk)
    if ledger.is_posted(booking.acceptance_source(locked)):
        return
    if locked.state != ChargeState.SUCCEEDED:
        raise NotCaptured
    left = standing_of(locked).left
    if not left.total:
        raise MoneyMoved
    commission = basis_points(locked.amount, commission_bp)
    shared = share_commission(locked, commission)
    parts = Parts(price=left.price, fee=left.fee, commission=commission - shared)
    booking.book_acceptance(charge=locked, parts=parts, now=now)


@transaction.atomic
def release_charge(*, charge: Charge, clears_at: datetime, now: datetime) -> None:
    """Accrued money becomes payable to the seller, and is sent at `clears_at` at the earliest; commission and buyer fee
    become income now.

    In the caller's transaction; a second call changes nothing. Raises NotCaptured when nothing was accrued.
    """
    locked = lock_charge(charge.pk)
    if locked.released_at is not None:
        return
    if not ledger.is_posted(booking.acceptance_source(locked)):
        raise NotCaptured
    money = standing_of(locked)
    if money.stage != RefundKind.ACCRUED:
        return
    if money.left.total:
        booking.book_release(charge=locked, parts=money.left, now=now)
    if money.of.seller:
        _open_transfer(locked, amount=money.left.seller, clears_at=clears_at, now=now)
    locked.released_at = now
    locked.save(update_fields=["released_at"])


def _open_transfer(charge: Charge, *, amount: int, clears_at: datetime, now: datetime) -> None:
    transfer = Transfer(
        charge=charge,
        payee=charge.payee,
        group=charge.group,
        amount=amount,
        currency=charge.currency,
        clears_at=clears_at,
        due_at=clears_at,
        created_at=now,
    )
    transfer.idempotency_key = f"transfer:{transfer.public_id}:0"
    transfer.save(force_insert=True)
    if not amount:  # all of it went back; should the bank return that, the transfer is opened again
        move_transfer(transfer, "close", ChargeActor.WORKER)
