"""A debt and a claim of one seller on the same charge are none: what of a sent charge became payable again, by a refund
that failed, is sent by nothing, while a debt is kept from the next payouts (R-PAY-7).
"""

from datetime import datetime

from payments.enums import AccountKind
from payments.models import Transfer
from payments.services import outbound
from payments.services.standing import stranded_of


def pay_debt(*, transfer: Transfer, most: int, cause: str, now: datetime) -> None:
    """What is payable of a transfer that has set off pays what its seller owes, at most `most` minor units and once for
    a `cause`. The charge is locked.
    """
    payable = min(most, stranded_of(transfer.charge))
    if payable <= 0:
        return
    debt = outbound.lock_debt(transfer, to_post=(AccountKind.SELLER_PAYABLE,))
    if amount := min(payable, debt):
        outbound.book_debt_paid(transfer=transfer, cause=cause, amount=amount, now=now)
