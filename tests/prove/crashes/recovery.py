"""What the beat does after a crash, until nothing is left to do; and whether the end is right, to the cent."""

from datetime import timedelta

from django.db.models import Q

from marketplace.kernel import clock
from orders.models import Order
from payments import tasks
from payments.enums import UNCLOSED, ChargeState, EventState, RefundState, ReversalState, TransferState
from payments.models import Charge, ChargeAttempt, Refund, Transfer, TransferReversal, WebhookEvent
from payments.timing import LEASE
from tests.payments.simulator_fixtures import StripeDouble

SWEEPS = (
    tasks.sweep_charges, tasks.sweep_withdrawals, tasks.sweep_refunds, tasks.sweep_transfers, tasks.sweep_reversals,
    tasks.sweep_disputes, tasks.sweep_events, tasks.sweep_announcements,
)  # fmt: skip
SWEEP = timedelta(minutes=1)
MOST_ROUNDS = 60


def recover(stripe: StripeDouble, order: Order, *, webhooks: bool) -> int:
    """Sweep until the order's money is at rest; how many sweeps that took. The first comes when the lease is over."""
    clock.shift(clock.offset() + LEASE)
    for round_number in range(1, MOST_ROUNDS + 1):
        clock.shift(clock.offset() + SWEEP)
        stripe.simulator.let_time_act()
        if webhooks:
            stripe.deliver_webhooks()
        for sweep in SWEEPS:
            sweep()
        if at_rest(order):
            return round_number
    raise AssertionError(f"still under way after {MOST_ROUNDS} sweeps: {under_way(order)}")


def at_rest(order: Order) -> bool:
    return not under_way(order)


def under_way(order: Order) -> list[str]:
    """Every row of the order's money that a worker still has to look at."""
    charges = Charge.objects.filter(group=order.public_id)
    busy = (ChargeState.PENDING, ChargeState.SUBMITTING, ChargeState.UNKNOWN, ChargeState.PROCESSING)
    attempts = ChargeAttempt.objects.filter(charge__in=charges)
    untold = Q(announced_at=None) & ~Q(outcome="")
    rows = [
        *charges.filter(Q(state__in=busy) | Q(state=ChargeState.WITHDRAWING) | untold),
        *attempts.filter(state__in=UNCLOSED, charge__state=ChargeState.SUCCEEDED),
        *Refund.objects.filter(charge__in=charges).exclude(state__in=(RefundState.SUCCEEDED, RefundState.FAILED)),
        *Transfer.objects.filter(charge__in=charges, state__in=_MOVING),
        *TransferReversal.objects.filter(transfer__charge__in=charges, state__in=_REVERSING),
        *WebhookEvent.objects.filter(state=EventState.RECEIVED),
    ]
    return [str(row) for row in rows]


_MOVING = (TransferState.PENDING, TransferState.SUBMITTING, TransferState.UNKNOWN)
_REVERSING = (ReversalState.PENDING, ReversalState.SUBMITTING, ReversalState.UNKNOWN)


def compare_with_stripe(stripe: StripeDouble, order: Order) -> None:
    """One to one: each sum that moved at Stripe for this order is one row of ours, and the other way round (I4)."""
    charges = Charge.objects.filter(group=order.public_id)
    ours = sorted(
        (attempt.payment_id, attempt.charge.total)
        for attempt in ChargeAttempt.objects.filter(charge__in=charges, state__in=("succeeded", "surplus"))
    )
    group = [each for each in stripe.objects("payment_intent") if each["transfer_group"] == order.public_id]
    paid = {each["id"]: each["amount_received"] for each in group if each["status"] == "succeeded"}
    assert ours == sorted(paid.items()), f"ours {ours}, Stripe's {paid}"
    open_there = [each["id"] for each in group if each["status"] in ("processing", "requires_capture")]
    assert not open_there, open_there
    refunds = Refund.objects.filter(charge__in=charges, state=RefundState.SUCCEEDED)
    back = [
        each for each in stripe.objects("refund") if each["payment_intent"] in paid and each["status"] == "succeeded"
    ]
    assert sorted(refunds.values_list("provider_id", "amount")) == sorted((each["id"], each["amount"]) for each in back)
    sent = [each for each in stripe.objects("transfer") if each["transfer_group"] == order.public_id]
    transfers = Transfer.objects.filter(charge__in=charges, state=TransferState.SUCCEEDED)
    assert sorted(transfers.values_list("provider_id", "amount")) == sorted(
        (each["id"], each["amount"]) for each in sent
    )
    reversals = TransferReversal.objects.filter(transfer__in=transfers, state=ReversalState.SUCCEEDED)
    taken = sum(each["amount_reversed"] for each in sent)
    assert sum(reversals.values_list("amount", flat=True)) == taken
