"""Ways to a page, a saved card and a charge at the simulated Stripe, through the gateway."""

from datetime import UTC, datetime, timedelta

from payments.gateway import CheckoutSnapshot, PaymentSnapshot, SellerAccount, TransferSnapshot
from tests.payments.simulator_fixtures import StripeDouble

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def customer(stripe: StripeDouble) -> str:
    stripe.clock.set(NOW)
    return stripe.gateway.ensure_customer(user_ref="usr_1", email="b@example.com", idempotency_key="customer:1")


def open_page(
    stripe: StripeDouble, *, key: str = "charge:1:1", lasts: timedelta = timedelta(hours=1)
) -> CheckoutSnapshot:
    return stripe.gateway.create_checkout(
        charge_ref="chg_1",
        attempt=1,
        customer_id=customer(stripe),
        amount=10_500,
        currency="USD",
        description="Rough cut",
        group="ord_1",
        success_url="https://milepost.example/back?session={CHECKOUT_SESSION_ID}",
        cancel_url="https://milepost.example/cancel",
        expires_at=NOW + lasts,
        idempotency_key=key,
    )


def saved_card(stripe: StripeDouble, scenario: str = "works") -> tuple[str, str]:
    """A customer and a card kept from a paid page."""
    page = open_page(stripe)
    stripe.pay(page.url, scenario)
    payment = stripe.gateway.get_checkout(page.id).payment
    assert payment is not None
    assert payment.method is not None
    return payment.customer_id, payment.method.id


def create(
    stripe: StripeDouble, card: tuple[str, str], *, key: str = "charge:2:1", amount: int = 8_400
) -> PaymentSnapshot:
    customer_id, method_id = card
    return stripe.gateway.create_payment(
        charge_ref="chg_2",
        attempt=1,
        customer_id=customer_id,
        method_id=method_id,
        amount=amount,
        currency="USD",
        description="Final film",
        group="ord_1",
        idempotency_key=key,
    )


def charge(stripe: StripeDouble, scenario: str = "works") -> PaymentSnapshot:
    """A saved card charged off-session."""
    card = saved_card(stripe, scenario)
    payment = create(stripe, card)
    return stripe.gateway.confirm_payment(payment.id, method_id=card[1], idempotency_key="confirm:2:1")


def refund(stripe: StripeDouble, payment_id: str, *, amount: int = 8_400, key: str = "refund:1") -> str:
    return stripe.gateway.refund(refund_ref="ref_1", payment_id=payment_id, amount=amount, idempotency_key=key).id


def seller(stripe: StripeDouble, decision: str = "in_order", *, ref: str = "usr_2") -> SellerAccount:
    """A connected account, onboarded unless `decision` is empty."""
    account = stripe.gateway.create_seller(
        seller_ref=ref, email="s@example.com", country="US", idempotency_key=f"seller:{ref}"
    )
    if decision:
        stripe.onboard(account.id, decision)
    return stripe.gateway.get_seller(account.id)


def transfer(
    stripe: StripeDouble, account_id: str, charge_id: str, *, amount: int = 7_000, key: str = "transfer:1"
) -> TransferSnapshot:
    return stripe.gateway.transfer(
        transfer_ref="trf_1",
        account_id=account_id,
        amount=amount,
        currency="USD",
        source_charge_id=charge_id,
        group="ord_1",
        idempotency_key=key,
    )
