"""What was held back is settled as the provider says, when a person has asked for it: never by itself (R-SUP-4).

What is as we asked for is settled like any news. What the provider holds no money of is given up: the payer may pay
anew, the seller's money waits again. Anything else stays held back until somebody has put it right at the provider.
(A refund has `returning.resolve_refund`.)
"""

from django.db import transaction

from payments import timing
from payments.enums import AttemptState, ChargeActor, ChargeState, Outcome, ReversalState, TransferState
from payments.errors import HeldBackDiffers
from payments.gateway import CheckoutSnapshot, ObjectMissing, PaymentSnapshot, TransferSnapshot
from payments.models import ChargeAttempt, Transfer, TransferReversal
from payments.services import reversing, transferring
from payments.services.announcing import announce_charge, set_outcome
from payments.services.moving import (
    close,
    lock_attempt,
    lock_reversal,
    lock_transfer,
    move,
    move_reversal,
    move_transfer,
)
from payments.services.settling import mismatch, settle
from payments.stripe_gateway import default_gateway

GIVEN_UP_MESSAGE = "This payment could not be used. Nothing was taken for it. Pay on the payment page."


def resolve_charge(*, charge_id: int) -> int:
    """Settle the attempts of a charge that are held back; how many. Network: not in a transaction. Safe to repeat.

    Raises HeldBackDiffers when the provider has money of one that isn't what we asked for, and GatewayError.
    """
    held = ChargeAttempt.objects.filter(charge_id=charge_id, state=AttemptState.QUARANTINED).select_related("charge")
    attempts = list(held.order_by("number"))
    for attempt in attempts:
        snapshot = _payment_of(attempt)
        if snapshot is None or snapshot.status == "canceled" or _is_given_back(snapshot):
            _give_up_attempt(attempt)
        elif differs := mismatch(attempt.charge, attempt, snapshot):
            raise HeldBackDiffers(differs=differs)
        else:
            _resume_attempt(attempt)
            settle(attempt_id=attempt.pk, snapshot=snapshot)
    announce_charge(charge_id=charge_id)
    return len(attempts)


def resolve_transfer(*, transfer_id: int) -> Transfer:
    """Settle a transfer that is held back; the transfer as it is then. Network: not in a transaction. Safe to repeat.

    What was taken back whole is as if it had never been sent; of what was in part the rest arrived. Raises
    HeldBackDiffers when something else was sent and not taken back whole, and GatewayError.
    """
    transfer = Transfer.objects.get(pk=transfer_id)
    if transfer.state != TransferState.QUARANTINED:
        return transfer
    found = _transfer_of(transfer)
    if found is not None and found.reversed_amount >= found.amount:
        found = None
    if found is not None and (differs := transferring.mismatch(transfer, found)):
        raise HeldBackDiffers(differs=differs)
    with transaction.atomic(durable=True):
        _, locked = lock_transfer(transfer_id)
        if locked.state != TransferState.QUARANTINED:
            return locked
        if found is not None:
            move_transfer(locked, "resume", ChargeActor.OWNER)
        else:
            transferring.make_payable(locked, "give_up", ChargeActor.OWNER)
    if found is not None:
        reversing.follow_transfer(provider_id=found.id, transfer_ref=transfer.public_id)
    return Transfer.objects.get(pk=transfer_id)


def resolve_reversal(*, reversal_id: int) -> TransferReversal:
    """Settle a reversal that is held back; the reversal as it is then. Network: not in a transaction. Safe to repeat.

    One that the provider knows nothing of has failed: the seller goes on owing it. Raises HeldBackDiffers and
    GatewayError.
    """
    reversal = TransferReversal.objects.select_related("transfer").get(pk=reversal_id)
    if reversal.state != ReversalState.QUARANTINED:
        return reversal
    transfer_id = reversal.transfer.provider_id or ""
    found = next(iter(default_gateway().find_reversals(reversal_ref=reversal.public_id, transfer_id=transfer_id)), None)
    if found is not None and (differs := reversing.mismatch(reversal, found)):
        raise HeldBackDiffers(differs=differs)
    with transaction.atomic(durable=True):
        _, locked = lock_reversal(reversal_id)
        if locked.state != ReversalState.QUARANTINED:
            return locked
        if found is None:
            reversing.give_up(locked, "give_up", ChargeActor.OWNER)
        else:
            move_reversal(locked, "resume", ChargeActor.OWNER)
    if found is not None:
        reversing.settle_reversal(reversal_id=reversal_id, snapshot=found)
    return TransferReversal.objects.get(pk=reversal_id)


# --- At the provider --------------------------------------------------------------------------------------------------
def _payment_of(attempt: ChargeAttempt) -> PaymentSnapshot | None:
    """The payment of an attempt, which takes no money any more unless it has; None when there is none."""
    try:
        found = _found(attempt)
        if found is not None and found.status in ("requires_payment", "requires_action", "declined"):
            found = default_gateway().cancel_payment(found.id)
    except ObjectMissing:
        return None
    return found


def _found(attempt: ChargeAttempt) -> PaymentSnapshot | None:
    gateway = default_gateway()
    if attempt.checkout_id:
        page: CheckoutSnapshot = gateway.expire_checkout(attempt.checkout_id)
        return page.payment
    if attempt.payment_id:
        return gateway.get_payment(attempt.payment_id)
    if "customer_id" not in attempt.params:
        return None
    found = gateway.find_payments(
        charge_ref=attempt.charge.public_id,
        customer_id=attempt.params["customer_id"],
        created_after=(attempt.first_sent_at or attempt.created_at) - timing.SETTLING_IN,
    )
    return next((each for each in found if each.metadata.get("attempt") == str(attempt.number)), None)


def _is_given_back(snapshot: PaymentSnapshot) -> bool:
    """Somebody has returned all of it, in the provider's own dashboard."""
    return snapshot.amount_received > 0 and snapshot.refunded_amount >= snapshot.amount_received


def _transfer_of(transfer: Transfer) -> TransferSnapshot | None:
    gateway = default_gateway()
    if transfer.provider_id:
        return gateway.get_transfer(transfer.provider_id)
    found = gateway.find_transfers(transfer_ref=transfer.public_id, group=transfer.group)
    return min(found, key=lambda each: each.reversed_amount >= each.amount, default=None)


# --- Here -------------------------------------------------------------------------------------------------------------
def _resume_attempt(attempt: ChargeAttempt) -> None:
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        if locked.state != AttemptState.QUARANTINED:
            return
        locked.state = AttemptState.LIVE
        locked.save()
        if charge.state == ChargeState.QUARANTINED:
            move(charge, "resume", ChargeActor.OWNER)


def _give_up_attempt(attempt: ChargeAttempt) -> None:
    with transaction.atomic(durable=True):
        charge, locked = lock_attempt(attempt.pk)
        if locked.state != AttemptState.QUARANTINED:
            return
        close(locked)
        if charge.state == ChargeState.QUARANTINED:
            charge.method_refused, charge.remedy = True, "new_card"
            set_outcome(charge, Outcome.DECLINED, message=GIVEN_UP_MESSAGE, code="given_up")
            move(charge, "give_up", ChargeActor.OWNER)
