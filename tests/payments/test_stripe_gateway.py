"""The gateway against the simulator, through the real SDK."""

from datetime import UTC, datetime, timedelta

from payments.gateway import CheckoutSnapshot
from tests.payments.simulator_fixtures import StripeDouble

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def open_page(stripe: StripeDouble, key: str = "charge:1:1") -> CheckoutSnapshot:
    stripe.clock.set(NOW)
    customer_id = stripe.gateway.ensure_customer(user_ref="usr_1", email="b@example.com", idempotency_key="customer:1")
    return stripe.gateway.create_checkout(
        charge_ref="chg_1",
        attempt=1,
        customer_id=customer_id,
        amount=10_500,
        currency="USD",
        description="Rough cut",
        group="ord_1",
        success_url="https://milepost.example/back?session={CHECKOUT_SESSION_ID}",
        cancel_url="https://milepost.example/cancel",
        expires_at=NOW + timedelta(hours=1),
        idempotency_key=key,
    )


def test_a_hosted_page_that_is_paid_gives_a_saved_card(stripe: StripeDouble) -> None:
    page = open_page(stripe)
    stripe.pay(page.url)
    after = stripe.gateway.get_checkout(page.id)
    assert after.status == "complete"
    assert after.payment is not None
    assert (after.payment.status, after.payment.amount_received) == ("succeeded", 10_500)
    assert after.payment.provider_fee == 335
    assert after.payment.method is not None
    assert after.payment.method.last4 == "4242"
