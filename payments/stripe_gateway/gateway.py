"""The gateway: the calls about buyers and their payments here, the others in a part per noun.

Each converts its parameters, speaks to Stripe, and answers with a value of `payments.gateway`.
"""

from datetime import datetime

import stripe
from stripe.params.checkout import (
    SessionCreateParamsCustomText,
    SessionCreateParamsLineItem,
    SessionCreateParamsLineItemPriceDataProductData,
)

from payments.gateway import CheckoutSnapshot, PaymentSnapshot, StateConflict
from payments.stripe_gateway.calling import PAGE_OF_LIST
from payments.stripe_gateway.disputes import DisputeCalls
from payments.stripe_gateway.methods import MethodCalls
from payments.stripe_gateway.records import RecordCalls
from payments.stripe_gateway.refunds import RefundCalls
from payments.stripe_gateway.sellers import SellerCalls
from payments.stripe_gateway.snapshots import checkout_snapshot, payment_snapshot
from payments.stripe_gateway.transfers import TransferCalls

_PAYMENT_PARTS = ["payment_method", "latest_charge.balance_transaction"]
_CHECKOUT_PARTS = [f"payment_intent.{part}" for part in _PAYMENT_PARTS]


class StripeGateway(MethodCalls, RefundCalls, SellerCalls, TransferCalls, DisputeCalls, RecordCalls):
    """`PaymentGateway` over the SDK. Which methods a buyer can pay with is the operator's setting at Stripe (R-PAY-1).

    The fee of a payment is known at once because we ask for plain `automatic` capture; with Stripe's default,
    `automatic_async`, the balance transaction comes later.
    """

    def ensure_customer(self, *, user_ref: str, email: str, idempotency_key: str) -> str:
        with self._calling() as v1:
            customer = v1.customers.create(
                params={"email": email, "metadata": {"user_ref": user_ref}},
                options={"idempotency_key": idempotency_key},
            )
            return customer.id

    def create_checkout(
        self, *, charge_ref: str, attempt: int, customer_id: str, amount: int, currency: str, description: str,
        group: str, success_url: str, cancel_url: str, expires_at: datetime, idempotency_key: str, consent: str = "",
    ) -> CheckoutSnapshot:  # fmt: skip
        metadata = _marks(charge_ref, attempt, group)
        with self._calling() as v1:
            session = v1.checkout.sessions.create(
                params={
                    "mode": "payment",
                    "customer": customer_id,
                    "client_reference_id": charge_ref,
                    "success_url": success_url,
                    "cancel_url": cancel_url,
                    "expires_at": int(expires_at.timestamp()),
                    "line_items": [_line(amount, currency, description)],
                    "metadata": metadata,
                    "payment_intent_data": {
                        "capture_method": "automatic",
                        "description": description,
                        "metadata": metadata,
                        "setup_future_usage": "off_session",
                        "transfer_group": group,
                    },
                    "custom_text": _beside_the_button(consent),
                    "expand": _CHECKOUT_PARTS,
                },
                options={"idempotency_key": idempotency_key},
            )
            return checkout_snapshot(session.to_dict())

    def get_checkout(self, checkout_id: str) -> CheckoutSnapshot:
        with self._calling() as v1:
            session = v1.checkout.sessions.retrieve(checkout_id, params={"expand": _CHECKOUT_PARTS})
            return checkout_snapshot(session.to_dict())

    def expire_checkout(self, checkout_id: str) -> CheckoutSnapshot:
        """A refusal, whatever its code, means that the page is complete or expired already: the truth is re-read."""
        with self._calling() as v1:
            try:
                session = v1.checkout.sessions.expire(checkout_id, params={"expand": _CHECKOUT_PARTS})
            except stripe.InvalidRequestError as error:
                if error.http_status == 404:
                    raise
                session = v1.checkout.sessions.retrieve(checkout_id, params={"expand": _CHECKOUT_PARTS})
            return checkout_snapshot(session.to_dict())

    def create_payment(
        self, *, charge_ref: str, attempt: int, customer_id: str, method_id: str, amount: int, currency: str,
        description: str, group: str, idempotency_key: str,
    ) -> PaymentSnapshot:  # fmt: skip
        with self._calling() as v1:
            intent = v1.payment_intents.create(
                params={
                    "amount": amount,
                    "currency": currency.lower(),
                    "customer": customer_id,
                    "payment_method": method_id,
                    "capture_method": "automatic",
                    "description": description,
                    "metadata": _marks(charge_ref, attempt, group),
                    "transfer_group": group,
                    "expand": _PAYMENT_PARTS,
                },
                options={"idempotency_key": idempotency_key},
            )
            return payment_snapshot(intent.to_dict())

    def confirm_payment(self, payment_id: str, *, method_id: str, idempotency_key: str) -> PaymentSnapshot:
        """A payment that can't be confirmed any more (paid, cancelled) is answered as it stands."""
        with self._calling() as v1:
            try:
                intent = v1.payment_intents.confirm(
                    payment_id,
                    params={"payment_method": method_id, "off_session": True, "expand": _PAYMENT_PARTS},
                    options={"idempotency_key": idempotency_key},
                )
            except stripe.CardError as error:
                return _declined(error)
            except stripe.InvalidRequestError as error:
                if error.code != "payment_intent_unexpected_state":
                    raise
                intent = v1.payment_intents.retrieve(payment_id, params={"expand": _PAYMENT_PARTS})
            return payment_snapshot(intent.to_dict())

    def get_payment(self, payment_id: str) -> PaymentSnapshot:
        with self._calling() as v1:
            intent = v1.payment_intents.retrieve(payment_id, params={"expand": _PAYMENT_PARTS})
            return payment_snapshot(intent.to_dict())

    def find_payments(self, *, charge_ref: str, customer_id: str, created_after: datetime) -> list[PaymentSnapshot]:
        with self._calling() as v1:
            page = v1.payment_intents.list(
                params={
                    "customer": customer_id,
                    "created": {"gte": int(created_after.timestamp())},
                    "limit": PAGE_OF_LIST,
                    "expand": [f"data.{part}" for part in _PAYMENT_PARTS],
                }
            )
            snapshots = [payment_snapshot(intent.to_dict()) for intent in page.auto_paging_iter()]
        return [snapshot for snapshot in snapshots if snapshot.metadata.get("charge_ref") == charge_ref]

    def cancel_payment(self, payment_id: str) -> PaymentSnapshot:
        """A refusal may mean that it has paid, or that it belongs to a hosted page: the truth is re-read."""
        with self._calling() as v1:
            try:
                intent = v1.payment_intents.cancel(payment_id, params={"expand": _PAYMENT_PARTS})
            except stripe.InvalidRequestError as error:
                if error.http_status == 404:
                    raise
                intent = v1.payment_intents.retrieve(payment_id, params={"expand": _PAYMENT_PARTS})
            return payment_snapshot(intent.to_dict())


def _marks(charge_ref: str, attempt: int, group: str) -> dict[str, str]:
    """What lets a payment that we lost be found again by listing."""
    return {"charge_ref": charge_ref, "attempt": str(attempt), "group": group}


def _line(amount: int, currency: str, description: str) -> SessionCreateParamsLineItem:
    product: SessionCreateParamsLineItemPriceDataProductData = {"name": description}
    return {"quantity": 1, "price_data": {"currency": currency.lower(), "unit_amount": amount, "product_data": product}}


def _beside_the_button(words: str) -> SessionCreateParamsCustomText:
    return {"submit": {"message": words}} if words else {}


def _declined(error: stripe.CardError) -> PaymentSnapshot:
    """The intent that a 402 carries, with its decline; a 402 without one is no answer about a payment."""
    body = error.json_body
    intent = body.get("error", {}).get("payment_intent") if isinstance(body, dict) else None
    if intent is None:
        raise StateConflict(error.code or "card_error", str(error))
    return payment_snapshot(intent)
