"""Whole objects of Stripe as they are when new. References are ids; `expansion` replaces them on the way out."""

from payments.simulator.cards import Scenario
from payments.simulator.desk import new_id
from payments.simulator.wire import Json

FEE_BASIS_POINTS, FEE_FIXED = 290, 30
CLEARING_SECONDS = 2 * 24 * 3600


def customer(*, now: int, email: str | None, name: str | None, metadata: Json) -> Json:
    return {
        "id": new_id("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "email": email,
        "invoice_prefix": new_id("x")[2:10].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": metadata,
        "name": name,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def payment_method(*, now: int, year: int, scenario: Scenario, email: str | None) -> Json:
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": _billing(email),
        "card": {
            "brand": scenario.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "US",
            "display_brand": scenario.brand,
            "exp_month": 12,
            "exp_year": year + 3,
            "fingerprint": f"Sim{scenario.last4}",
            "funding": "credit",
            "generated_from": None,
            "last4": scenario.last4,
            "networks": {"available": [scenario.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def payment_intent(*, now: int, amount: int, currency: str, fields: Json) -> Json:
    """`fields`: what the request said besides (customer, payment_method, description, metadata …)."""
    intent_id = new_id("pi")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": fields.get("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_simulated",
        "confirmation_method": "automatic",
        "created": now,
        "currency": currency,
        "customer": fields.get("customer"),
        "description": fields.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": fields.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": fields.get("payment_method"),
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": fields.get("setup_future_usage"),
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_confirmation" if fields.get("payment_method") else "requires_payment_method",
        "transfer_data": None,
        "transfer_group": fields.get("transfer_group"),
    }


def charge(*, now: int, intent: Json, method: Json) -> Json:
    """A charge that waits for its bank."""
    card = method["card"]
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "MILEPOST",
        "captured": False,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "card": {
                name: card[name]
                for name in ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
            }
            | {"network": card["brand"], "three_d_secure": None, "wallet": None},
            "type": "card",
        },
        "radar_options": {},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "pending",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def balance_transaction(*, now: int, source: Json, amount: int, fee: int, kind: str) -> Json:
    """`amount` is signed: a refund takes away."""
    details = [{"amount": fee, "application": None, "currency": source["currency"], "type": "stripe_fee"}]
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + CLEARING_SECONDS,
        "balance_type": "payments",
        "created": now,
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [dict(detail, description="Stripe processing fees") for detail in details] if fee else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def fee_on(amount: int) -> int:
    """Stripe's usual price: 2.9 % and 30 cents, half up."""
    return (amount * FEE_BASIS_POINTS + 5000) // 10000 + FEE_FIXED


def refund(*, now: int, amount: int, paid: Json, reason: str | None, metadata: Json) -> Json:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": paid["id"],
        "created": now,
        "currency": paid["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": metadata,
        "payment_intent": paid["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending",
        "transfer_reversal": None,
    }


def checkout_session(*, now: int, amount: int, currency: str, expires_at: int, url: str, fields: Json) -> Json:
    """`url` is the folder of hosted pages; `fields`: what the request said besides."""
    session_id = new_id("cs_test")
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": fields.get("cancel_url"),
        "client_reference_id": fields.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": fields.get("customer"),
        "customer_creation": None,
        "customer_details": None,
        "customer_email": None,
        "discounts": [],
        "expires_at": expires_at,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": None,
        "metadata": fields.get("metadata", {}),
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": fields.get("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{url}/c/{session_id}",
        "wallet_options": None,
    }


def _billing(email: str | None) -> Json:
    return {"address": None, "email": email, "name": None, "phone": None, "tax_id": None}
