"""What a worker may be doing when it dies: each scene brings an order to where one task is next, and names the task."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from marketplace.kernel import clock
from orders.models import Order
from orders.services import deciding, funding
from payments.models import ChargeAttempt, ConnectedAccount, Refund, Transfer, TransferReversal, WebhookEvent
from payments.services.refunding import request_refund
from payments.services.returning import submit_refund
from payments.services.transferring import submit_transfer
from tests.factories import order_states
from tests.factories.orders import accept_and_continue, again, deliver_current, make_order, pay_first
from tests.payments.simulator_fixtures import StripeDouble

RETURN = "https://milepost.test/back"
SETTLING = ("settle:locked", "settle:written", "settle:committed", "settle:announced")
SAVED = (
    "submit:found", "submit:leased", "submit:creating", "submit:created", "submit:id_saved", "submit:confirming",
    "submit:confirmed", *SETTLING,
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    stripe: StripeDouble
    buyer: User
    seller: User


@dataclass(frozen=True)
class Ready:
    """An order, and the task that is next for it."""

    order: Order
    task: str
    row_id: int


Build = Callable[[Cast], Ready]


@dataclass(frozen=True)
class Scene:
    """`points` are those that the task passes; the name says what the bank will answer."""

    name: str
    points: tuple[str, ...]
    build: Build


def _charging(scenario: str, fault: str = "") -> Build:
    """The next milestone's charge, written and not sent."""

    def build(cast: Cast) -> Ready:
        order = pay_first(make_order(buyer=cast.buyer, seller=cast.seller), cast.stripe, scenario)
        deliver_current(order)
        order = accept_and_continue(order)
        if fault:
            cast.stripe.faults.add(fault, on="/confirm", seconds=600)
        attempt = ChargeAttempt.objects.get(charge__group=order.public_id, state="queued")
        return Ready(order, "payments.tasks.submit_attempt", attempt.pk)

    return build


def _hearing(cast: Cast) -> Ready:
    """The hosted page is paid, and Stripe's event is stored and not processed."""
    order = make_order(buyer=cast.buyer, seller=cast.seller)
    charge = funding.prepare_payment(order=order, actor=cast.buyer)
    cast.stripe.pay(funding.pay_url(charge=charge, success_url=RETURN, cancel_url=RETURN))
    cast.stripe.deliver_webhooks()
    page = charge.attempts.get()
    event = WebhookEvent.objects.get(type="checkout.session.completed", object_id=page.checkout_id)
    return Ready(again(order), "payments.tasks.process_event", event.pk)


def _withdrawing(cast: Cast) -> Ready:
    """Stopped while the next charge's page was open."""
    order = order_states.payment_failed(cast.stripe, cast.buyer, cast.seller)
    charge = funding.prepare_payment(order=order, actor=cast.buyer)
    funding.pay_url(charge=charge, success_url=RETURN, cancel_url=RETURN)
    deciding.stop(order=again(order), actor=cast.buyer)
    return Ready(again(order), "payments.tasks.withdraw_charge", charge.pk)


def _refunding(fault: str = "") -> Build:
    """Support cancelled the first milestone: its money is on its way back."""

    def build(cast: Cast) -> Ready:
        order = order_states.cancelled(cast.stripe, cast.buyer, cast.seller)
        if fault:
            cast.stripe.faults.add(fault, on="POST /v1/refunds", seconds=600)
        refund = Refund.objects.get(charge__group=order.public_id)
        return Ready(order, "payments.tasks.submit_refund", refund.pk)

    return build


def _paying_out(cast: Cast) -> Ready:
    """The first milestone is released and has cleared; its seller can be paid."""
    order = order_states.stopped(cast.stripe, cast.buyer, cast.seller)
    onboard(cast)
    transfer = Transfer.objects.get(group=order.public_id)
    clock.shift(clock.offset() + (transfer.clears_at - clock.now()) + timedelta(seconds=1))
    return Ready(order, "payments.tasks.submit_transfer", transfer.pk)


def _taking_back(cast: Cast) -> Ready:
    """The seller was paid, then the buyer got all of it back."""
    ready = _paying_out(cast)
    submit_transfer(transfer_id=ready.row_id)
    charge = Transfer.objects.get(pk=ready.row_id).charge
    refund = request_refund(charge=charge, reason="After the payout", now=clock.now())
    submit_refund(refund_id=refund.pk)
    reversal = TransferReversal.objects.get(transfer_id=ready.row_id)
    return Ready(ready.order, "payments.tasks.submit_reversal", reversal.pk)


def _disputed(cast: Cast) -> Ready:
    """The buyer's bank took the first charge back, and Stripe's event is stored and not processed."""
    order = order_states.at_work(cast.stripe, cast.buyer, cast.seller)
    attempt = ChargeAttempt.objects.get(charge__group=order.public_id, state="succeeded")
    dispute = cast.stripe.dispute(attempt.payment_id or "")
    cast.stripe.deliver_webhooks()
    event = WebhookEvent.objects.get(type="charge.dispute.created", object_id=dispute["id"])
    return Ready(order, "payments.tasks.process_event", event.pk)


def onboard(cast: Cast) -> ConnectedAccount:
    """The seller's account at Stripe, in order."""
    found = ConnectedAccount.objects.filter(user=cast.seller).first()
    if found is not None:
        return found
    made = cast.stripe.gateway.create_seller(
        seller_ref=cast.seller.public_id, email=cast.seller.email, country="US", idempotency_key=cast.seller.public_id
    )
    cast.stripe.onboard(made.id)
    return ConnectedAccount.objects.create(
        user=cast.seller, stripe_id=made.id, country="US", transfers_active=True, payouts_enabled=True,
        details_submitted=True, created_at=clock.now(), refreshed_at=clock.now(),
    )  # fmt: skip


SCENES = (
    Scene("charge succeeds", SAVED, _charging("works")),
    Scene("charge is declined", SAVED, _charging("works_then_declines")),
    Scene("charge wants the buyer", SAVED, _charging("works_then_authenticates")),
    Scene("charge succeeds late", SAVED, _charging("works", "late_success")),
    Scene("charge fails late", SAVED, _charging("works", "late_failure")),
    Scene("page is paid", SETTLING, _hearing),
    Scene("charge is withdrawn", ("withdraw:leased", "withdraw:closed", "withdraw:committed"), _withdrawing),
    Scene("refund succeeds", ("refund:leased", "refund:sent", "refund:settled"), _refunding()),
    Scene("refund succeeds late", ("refund:leased", "refund:sent", "refund:settled"), _refunding("late_success")),
    Scene("refund fails late", ("refund:leased", "refund:sent", "refund:settled"), _refunding("late_failure")),
    Scene(
        "transfer succeeds",
        ("transfer:requested", "transfer:leased", "transfer:sent", "transfer:settled"),
        _paying_out,
    ),
    Scene("reversal succeeds", ("reversal:leased", "reversal:sent", "reversal:settled"), _taking_back),
    Scene("dispute opens", ("dispute:booked", "dispute:followed", "dispute:announced"), _disputed),
)
