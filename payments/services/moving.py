"""Locking and moving charges, refunds, disputes, transfers and reversals: the only writers of their states.

Lock order: charge, then attempt, refund, dispute or transfer, then reversal, then ledger accounts.
"""

from payments.enums import (
    UNCLOSED,
    AttemptState,
    ChargeActor,
    ChargeState,
    DisputeState,
    RefundState,
    ReversalState,
    TransferState,
)
from payments.errors import IllegalMove
from payments.models import Charge, ChargeAttempt, Dispute, Refund, Transfer, TransferReversal
from payments.transitions import CHARGE, DISPUTE, REFUND, REVERSAL, TRANSFER


def lock_charge(charge_id: int) -> Charge:
    """The row, locked until the caller's transaction ends. No other lock of payments is taken before it."""
    return Charge.objects.select_for_update(of=("self",)).select_related("payer", "payee", "method").get(pk=charge_id)


def lock_charges(*, group: str) -> None:
    """Every charge of a group, in the order of their ids, for whoever posts for more than one in one transaction.

    To lock the next charge with accounts of the ledger locked by the first would meet whoever locks them the other way.
    """
    list(Charge.objects.select_for_update(of=("self",)).filter(group=group).order_by("pk").values_list("pk", flat=True))


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


def lock_transfer(transfer_id: int) -> tuple[Charge, Transfer]:
    """The charge of a transfer and the transfer, both locked, in this order."""
    charge_id = Transfer.objects.values_list("charge_id", flat=True).get(pk=transfer_id)
    charge = lock_charge(charge_id)
    transfer = Transfer.objects.select_for_update(of=("self",)).select_related("payee").get(pk=transfer_id)
    transfer.charge = charge
    return charge, transfer


def lock_reversal(reversal_id: int) -> tuple[Transfer, TransferReversal]:
    """The transfer of a reversal (after its charge) and the reversal, locked in this order."""
    transfer_id = TransferReversal.objects.values_list("transfer_id", flat=True).get(pk=reversal_id)
    _, transfer = lock_transfer(transfer_id)
    reversal = TransferReversal.objects.select_for_update().get(pk=reversal_id)
    reversal.transfer = transfer
    return transfer, reversal


def lock_dispute(dispute_id: int) -> tuple[Charge, Dispute]:
    """The charge of a dispute and the dispute, both locked, in this order."""
    charge_id = Dispute.objects.values_list("charge_id", flat=True).get(pk=dispute_id)
    charge = lock_charge(charge_id)
    dispute = Dispute.objects.select_for_update(of=("self",)).select_related("attempt").get(pk=dispute_id)
    dispute.charge = charge
    return charge, dispute


def can_move_dispute(dispute: Dispute, name: str) -> bool:
    return dispute.state in DISPUTE.find(name).sources


def move_dispute(dispute: Dispute, name: str) -> None:
    """As the provider says; IllegalMove when it isn't allowed."""
    row = DISPUTE.find(name)
    if not row.permits(DisputeState(dispute.state), ChargeActor.PROVIDER):
        raise IllegalMove(name=name, state=dispute.state)
    dispute.state = row.target
    dispute.save()


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


def move_transfer(transfer: Transfer, name: str, actor: ChargeActor) -> None:
    row = TRANSFER.find(name)
    if not row.permits(TransferState(transfer.state), actor):
        raise IllegalMove(name=name, state=transfer.state)
    transfer.state = row.target
    transfer.save()


def move_reversal(reversal: TransferReversal, name: str, actor: ChargeActor) -> None:
    row = REVERSAL.find(name)
    if not row.permits(ReversalState(reversal.state), actor):
        raise IllegalMove(name=name, state=reversal.state)
    reversal.state = row.target
    reversal.save()


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
