"""Whole objects of Stripe as they are when new: a blank of its kind, filled in.

The blanks (`blanks/*.json`) hold every field that Stripe's objects have, with null where each object has its own value.
References are ids; `expansion` replaces them on the way out.
"""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from payments.simulator.cards import Scenario
from payments.simulator.desk import new_id
from payments.simulator.wire import Json

BLANKS = Path(__file__).parent / "blanks"
FEE_BASIS_POINTS, FEE_FIXED = 290, 30
CLEARING_SECONDS = 2 * 24 * 3600
_OF_INTENT = (
    "capture_method",
    "customer",
    "description",
    "metadata",
    "payment_method",
    "setup_future_usage",
    "transfer_group",
)
_OF_SESSION = ("cancel_url", "client_reference_id", "customer", "metadata", "success_url")
_OF_CHARGE = ("amount", "currency", "customer", "description", "metadata", "transfer_group")
_OF_CARD = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")


def customer(*, now: int, email: str | None, name: str | None, metadata: Json) -> Json:
    made = blank("customer", prefix="cus", now=now)
    return made | {"email": email, "invoice_prefix": made["id"][-8:].upper(), "metadata": metadata, "name": name}


def payment_method(*, now: int, year: int, scenario: Scenario, email: str | None) -> Json:
    made = blank("payment_method", prefix="pm", now=now)
    made["billing_details"]["email"] = email
    made["card"] |= {
        "brand": scenario.brand,
        "display_brand": scenario.brand,
        "exp_year": year + 3,
        "fingerprint": f"Sim{scenario.last4}",
        "last4": scenario.last4,
        "networks": {"available": [scenario.brand], "preferred": None},
    }
    if scenario.expires_soon:
        made["card"] |= {"exp_month": datetime.fromtimestamp(now, UTC).month, "exp_year": year}
    return made


def payment_intent(*, now: int, amount: int, currency: str, fields: Json) -> Json:
    """`fields`: what the request said besides (customer, payment_method, description, metadata …)."""
    made = blank("payment_intent", prefix="pi", now=now)
    made |= {name: fields[name] for name in _OF_INTENT if name in fields}
    status = "requires_confirmation" if made["payment_method"] else "requires_payment_method"
    secret = f"{made['id']}_secret_simulated"
    return made | {"amount": amount, "client_secret": secret, "currency": currency, "status": status}


def charge(*, now: int, intent: Json, method: Json) -> Json:
    """A charge that waits for its bank."""
    made = blank("charge", prefix="ch", now=now)
    card = method["card"]
    made["payment_method_details"]["card"] |= {name: card[name] for name in _OF_CARD} | {"network": card["brand"]}
    return made | {
        **{name: intent[name] for name in _OF_CHARGE},
        "billing_details": method["billing_details"],
        "payment_intent": intent["id"],
        "payment_method": method["id"],
    }


def balance_transaction(
    *,
    now: int,
    source: Json,
    amount: int,
    kind: str,
    fee: int = 0,
    category: str = "",
    available_on: int | None = None,
) -> Json:
    """`amount` is signed: a refund takes away. It is available two days later unless `available_on` says otherwise."""
    detail = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return blank("balance_transaction", prefix="txn", now=now) | {
        "amount": amount,
        "available_on": now + CLEARING_SECONDS if available_on is None else available_on,
        "currency": source["currency"],
        "description": source.get("description"),
        "fee": fee,
        "fee_details": [detail] if fee else [],
        "net": amount - fee,
        "reporting_category": category or kind,
        "source": source["id"],
        "type": kind,
    }


def fee_on(amount: int) -> int:
    """Stripe's usual price: 2.9 % and 30 cents, half up."""
    return (amount * FEE_BASIS_POINTS + 5000) // 10000 + FEE_FIXED


def refund(*, now: int, amount: int, paid: Json, reason: str | None, metadata: Json) -> Json:
    return blank("refund", prefix="re", now=now) | {
        "amount": amount,
        "charge": paid["id"],
        "currency": paid["currency"],
        "metadata": metadata,
        "payment_intent": paid["payment_intent"],
        "reason": reason,
    }


def checkout_session(*, now: int, amount: int, currency: str, expires_at: int, url: str, fields: Json) -> Json:
    """`url` is where the hosted pages are; `fields`: what the request said besides."""
    made = blank("checkout.session", prefix="cs_test", now=now)
    return made | {
        **{name: fields[name] for name in _OF_SESSION if name in fields},
        "custom_text": made["custom_text"] | fields.get("custom_text", {}),
        "amount_subtotal": amount,
        "amount_total": amount,
        "currency": currency,
        "expires_at": expires_at,
        "url": f"{url}/c/{made['id']}",
    }


def blank(kind: str, *, prefix: str, now: int) -> Json:
    blank: Json = json.loads(_text(kind))
    return blank | {"id": new_id(prefix), "created": now}


@cache
def _text(kind: str) -> str:
    return (BLANKS / f"{kind}.json").read_text()
