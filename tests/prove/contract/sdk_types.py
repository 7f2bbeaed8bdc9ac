"""The SDK's own types as a second description: every name that we send must be a key of its TypedDicts."""

import re
from typing import Any

import stripe.params
import stripe.params.checkout

Json = dict[str, Any]
OPTIONS = frozenset(
    ("api_key", "stripe_version", "stripe_account", "stripe_context", "max_network_retries", "idempotency_key",
     "content_type", "headers")
)  # fmt: skip
TYPES = {
    ("post", "/v1/customers"): "CustomerCreateParams",
    ("post", "/v1/checkout/sessions"): "checkout.SessionCreateParams",
    ("get", "/v1/checkout/sessions/{session}"): "checkout.SessionRetrieveParams",
    ("post", "/v1/checkout/sessions/{session}/expire"): "checkout.SessionExpireParams",
    ("post", "/v1/payment_intents"): "PaymentIntentCreateParams",
    ("get", "/v1/payment_intents"): "PaymentIntentListParams",
    ("get", "/v1/payment_intents/{intent}"): "PaymentIntentRetrieveParams",
    ("post", "/v1/payment_intents/{intent}/confirm"): "PaymentIntentConfirmParams",
    ("post", "/v1/payment_intents/{intent}/cancel"): "PaymentIntentCancelParams",
    ("post", "/v1/refunds"): "RefundCreateParams",
    ("get", "/v1/refunds"): "RefundListParams",
    ("get", "/v1/refunds/{refund}"): "RefundRetrieveParams",
    ("get", "/v1/payment_methods/{payment_method}"): "PaymentMethodRetrieveParams",
    ("post", "/v1/payment_methods/{payment_method}/detach"): "PaymentMethodDetachParams",
    ("post", "/v1/accounts"): "AccountCreateParams",
    ("get", "/v1/accounts/{account}"): "AccountRetrieveParams",
    ("post", "/v1/account_links"): "AccountLinkCreateParams",
    ("post", "/v1/accounts/{account}/login_links"): "AccountLoginLinkCreateParams",
    ("post", "/v1/transfers"): "TransferCreateParams",
    ("get", "/v1/transfers"): "TransferListParams",
    ("get", "/v1/transfers/{transfer}"): "TransferRetrieveParams",
    ("post", "/v1/transfers/{id}/reversals"): "TransferReversalCreateParams",
    ("get", "/v1/transfers/{id}/reversals"): "TransferReversalListParams",
    ("get", "/v1/disputes/{dispute}"): "DisputeRetrieveParams",
    ("post", "/v1/disputes/{dispute}"): "DisputeUpdateParams",
    ("get", "/v1/balance_transactions"): "BalanceTransactionListParams",
    ("get", "/v1/events"): "EventListParams",
}


def unknown_names(method: str, template: str, params: Json) -> list[str]:
    """The names in `params`, at any depth, that the SDK's types don't have."""
    return _unknown(TYPES[method, template], params, "")


def _unknown(type_name: str, params: Json, path: str) -> list[str]:
    keys = _keys(type_name)
    found = []
    for name, value in params.items():
        if name not in keys:
            found.append(f"{path}{name}")
            continue
        inner = re.findall(r"\b(?:\w+\.)?(\w+Params\w+)", keys[name])
        for each in value if isinstance(value, list) else [value]:
            if inner and isinstance(each, dict):
                prefix = "checkout." if type_name.startswith("checkout.") else ""
                found += _unknown(prefix + inner[0], each, f"{path}{name}.")
    return found


def _keys(type_name: str) -> dict[str, str]:
    """Name and annotation of each key, those of a request's options apart."""
    module = stripe.params.checkout if type_name.startswith("checkout.") else stripe.params
    kind = getattr(module, type_name.rsplit(".", 1)[-1])
    return {name: str(each) for name, each in kind.__annotations__.items() if name not in OPTIONS}
