"""Objects of Stripe as our values. Plain dictionaries in, so that nothing here depends on the SDK's classes.

A reference may be an id or, when expanded, the object; an absent optional field is None.
"""

from datetime import UTC, datetime
from typing import Any, Literal

from payments.gateway import (
    BalanceTransaction,
    Card,
    CheckoutSnapshot,
    Decline,
    DisputeSnapshot,
    MethodSnapshot,
    PaymentSnapshot,
    PaymentStatus,
    RefundSnapshot,
    ReversalSnapshot,
    SellerAccount,
    TransferSnapshot,
)
from payments.stripe_gateway.declines import decline_of

Json = dict[str, Any]

_STATUS: dict[str, PaymentStatus] = {
    "canceled": "canceled",
    "processing": "processing",
    "requires_action": "requires_action",
    "requires_capture": "processing",
    "requires_confirmation": "requires_payment",
    "requires_payment_method": "requires_payment",
    "succeeded": "succeeded",
}
_REFUND_STATUS: dict[str, Literal["pending", "succeeded", "failed"]] = {
    "canceled": "failed",
    "failed": "failed",
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "succeeded",
}


def payment_snapshot(intent: Json) -> PaymentSnapshot:
    charge, transaction = _latest_charge(intent)
    decline = _decline(intent)
    status = _STATUS[intent["status"]]
    if status == "requires_payment" and decline is not None:
        status = "declined"
    return PaymentSnapshot(
        id=intent["id"],
        status=status,
        amount=intent["amount"],
        amount_received=intent.get("amount_received") or 0,
        currency=intent["currency"].upper(),
        customer_id=_id(intent.get("customer")),
        method=_card(intent.get("payment_method")),
        charge_id=_id(intent.get("latest_charge")),
        balance_transaction_id=_id(charge.get("balance_transaction")),
        provider_fee=transaction.get("fee"),
        fee_currency=transaction.get("currency", "").upper(),
        refunded_amount=charge.get("amount_refunded") or 0,
        decline=decline if status in ("declined", "canceled") else None,
        livemode=intent["livemode"],
        metadata=dict(intent.get("metadata") or {}),
    )


def method_snapshot(method: Json) -> MethodSnapshot:
    return MethodSnapshot(card=_card_of(method), customer_id=_id(method.get("customer")))


def checkout_snapshot(session: Json) -> CheckoutSnapshot:
    intent = session.get("payment_intent")
    return CheckoutSnapshot(
        id=session["id"],
        status=session["status"],
        url=session.get("url") or "",
        expires_at=_instant(session["expires_at"]),
        payment=payment_snapshot(intent) if isinstance(intent, dict) else None,
    )


def refund_snapshot(refund: Json) -> RefundSnapshot:
    return RefundSnapshot(
        id=refund["id"],
        status=_REFUND_STATUS[refund["status"]],
        amount=refund["amount"],
        currency=refund["currency"].upper(),
        payment_id=_id(refund.get("payment_intent")),
        failure=refund.get("failure_reason") or "",
        metadata=dict(refund.get("metadata") or {}),
    )


def seller_account(account: Json) -> SellerAccount:
    requirements = account.get("requirements") or {}
    return SellerAccount(
        id=account["id"],
        country=account.get("country") or "",
        transfers_active=(account.get("capabilities") or {}).get("transfers") == "active",
        payouts_enabled=account.get("payouts_enabled") or False,
        details_submitted=account.get("details_submitted") or False,
        requirements_due=tuple(requirements.get("currently_due") or ()),
        disabled_reason=requirements.get("disabled_reason") or "",
        metadata=dict(account.get("metadata") or {}),
    )


def transfer_snapshot(transfer: Json) -> TransferSnapshot:
    return TransferSnapshot(
        id=transfer["id"],
        amount=transfer["amount"],
        reversed_amount=transfer["amount_reversed"],
        currency=transfer["currency"].upper(),
        destination=_id(transfer["destination"]),
        source_charge_id=_id(transfer.get("source_transaction")),
        metadata=dict(transfer["metadata"]),
    )


def reversal_snapshot(reversal: Json) -> ReversalSnapshot:
    return ReversalSnapshot(
        id=reversal["id"],
        amount=reversal["amount"],
        currency=reversal["currency"].upper(),
        transfer_id=_id(reversal["transfer"]),
        metadata=dict(reversal.get("metadata") or {}),
    )


def dispute_snapshot(dispute: Json) -> DisputeSnapshot:
    """What it took and gave back is read from its lines of our balance: none while it is an inquiry."""
    details, lines = dispute["evidence_details"], dispute["balance_transactions"]
    due = details.get("due_by")
    return DisputeSnapshot(
        id=dispute["id"],
        status=dispute["status"],
        amount=dispute["amount"],
        currency=dispute["currency"].upper(),
        payment_id=_id(dispute.get("payment_intent")),
        charge_id=_id(dispute["charge"]),
        reason=dispute["reason"],
        created=_instant(dispute["created"]),
        evidence_due=_instant(due) if due else None,
        evidence_sent=details["submission_count"] > 0,
        withdrawn=sum(-line["amount"] for line in lines if line["amount"] < 0),
        fee=sum(line["fee"] for line in lines),
        reinstated=sum(line["amount"] for line in lines if line["amount"] > 0),
        settled_in=frozenset(line["currency"].upper() for line in lines),
    )


def balance_transaction(line: Json) -> BalanceTransaction:
    return BalanceTransaction(
        id=line["id"],
        type=line["type"],
        amount=line["amount"],
        fee=line["fee"],
        net=line["net"],
        currency=line["currency"].upper(),
        source_id=_id(line.get("source")),
        created=_instant(line["created"]),
        available_on=_instant(line["available_on"]),
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _decline(intent: Json) -> Decline | None:
    error = intent.get("last_payment_error")
    if not error:
        return None
    return decline_of(
        code=error.get("code") or "",
        decline_code=error.get("decline_code") or "",
        advice_code=error.get("advice_code") or "",
    )


def _latest_charge(intent: Json) -> tuple[Json, Json]:
    charge = intent.get("latest_charge")
    if not isinstance(charge, dict):
        return {}, {}
    transaction = charge.get("balance_transaction")
    return charge, transaction if isinstance(transaction, dict) else {}


def _card(method: str | Json | None) -> Card | None:
    """The method that was used, when it came expanded."""
    return _card_of(method) if isinstance(method, dict) else None


def _card_of(method: Json) -> Card:
    """One that is no card (a wallet, a bank) goes by the name of its kind."""
    card = method.get("card")
    if not card:
        return Card(id=method["id"], brand=method["type"], last4="")
    return Card(
        id=method["id"],
        brand=card["brand"],
        last4=card["last4"],
        exp_month=card["exp_month"],
        exp_year=card["exp_year"],
    )


def _id(reference: str | Json | None) -> str:
    if isinstance(reference, dict):
        return str(reference["id"])
    return reference or ""
