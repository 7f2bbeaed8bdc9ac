"""Taking money: what a confirmed payment intent becomes, on the page and off it, now and later."""

from datetime import UTC, datetime

from payments.simulator import objects
from payments.simulator.cards import SCENARIOS, Refusal, Scenario
from payments.simulator.desk import Desk
from payments.simulator.errors import ApiError, conflict
from payments.simulator.wire import Json

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
ASYNC_SECONDS = 1  # how much later `automatic_async`, Stripe's default, knows the fee
DISPUTED_SECONDS = 60  # how long after its payment on the page a buyer who will dispute it does so
CANCELABLE = (*CONFIRMABLE, "requires_capture")


def scenario_of(desk: Desk, method_id: str) -> Scenario:
    return SCENARIOS[desk.store.get("scenario", method_id)]


def new_method(desk: Desk, *, scenario: Scenario, email: str | None) -> Json:
    year = datetime.fromtimestamp(desk.now, UTC).year
    method = objects.payment_method(now=desk.now, year=year, scenario=scenario, email=email)
    desk.store.put("scenario", method["id"], scenario.name)
    return desk.save(method)


def take(desk: Desk, *, intent: Json, method: Json, refusal: Refusal | None) -> Json:
    """Ask the bank: the intent ends `succeeded`, `requires_payment_method` (refused) or `processing` (late)."""
    charge = desk.save(objects.charge(now=desk.now, intent=intent, method=method))
    intent |= {"latest_charge": charge["id"], "payment_method": method["id"], "next_action": None}
    if late := desk.late():
        outcome, at = late
        intent |= {"status": "processing", "last_payment_error": None}
        desk.later("payment_intent", intent["id"], outcome=outcome, at=at)
        desk.emit("payment_intent.processing", desk.save(intent))
        return intent
    if refusal is not None:
        return refuse(desk, intent=intent, refusal=refusal)
    return succeed(desk, intent=intent)


def succeed(desk: Desk, *, intent: Json) -> Json:
    charge = desk.find("charge", intent["latest_charge"])
    amount = intent["amount"]
    charge |= {
        "amount_captured": amount,
        "captured": True,
        "outcome": _outcome("authorized", None),
        "paid": True,
        "status": "succeeded",
    }
    intent |= {
        "amount_received": amount,
        "last_payment_error": None,
        "next_action": None,
        "processing": None,
        "status": "succeeded",
    }
    if intent["setup_future_usage"]:
        attach(desk, method_id=intent["payment_method"], customer_id=intent["customer"])
    if intent["capture_method"] == "automatic_async":
        desk.later("charge", charge["id"], outcome="booked", at=desk.now + ASYNC_SECONDS)
    else:
        book(desk, charge=charge)
    desk.emit("charge.succeeded", desk.save(charge))
    desk.emit("payment_intent.succeeded", desk.save(intent))
    return intent


def book(desk: Desk, *, charge: Json) -> Json:
    """Put a charge into the balance, less Stripe's fee; the caller saves it."""
    amount = charge["amount"]
    transaction = objects.balance_transaction(
        now=desk.now, source=charge, amount=amount, fee=objects.fee_on(amount), kind="charge"
    )
    charge["balance_transaction"] = desk.save(transaction)["id"]
    on_page = desk.store.get("page_of_intent", charge["payment_intent"]) is not None
    if on_page and scenario_of(desk, charge["payment_method"]).disputed:
        desk.later("charge", charge["id"], outcome="disputed", at=desk.now + DISPUTED_SECONDS)
    return charge


def refuse(desk: Desk, *, intent: Json, refusal: Refusal) -> Json:
    """The intent waits for another method, as Stripe's does, also when the bank only wanted the buyer to confirm."""
    charge = desk.find("charge", intent["latest_charge"])
    method = desk.find("payment_method", charge["payment_method"])
    charge |= {
        "failure_code": refusal.code,
        "failure_message": refusal.message,
        "outcome": _outcome("issuer_declined", refusal),
        "status": "failed",
    }
    error = {
        "advice_code": refusal.advice_code,
        "charge": charge["id"],
        "code": refusal.code,
        "decline_code": refusal.decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{refusal.code.replace('_', '-')}",
        "message": refusal.message,
        "payment_method": method,
        "type": "card_error",
    }
    intent |= {
        "last_payment_error": {name: value for name, value in error.items() if value},
        "next_action": None,
        "payment_method": None,
        "processing": None,
        "status": "requires_payment_method",
    }
    desk.emit("charge.failed", desk.save(charge))
    desk.emit("payment_intent.payment_failed", desk.save(intent))
    return intent


def refused(intent: Json) -> ApiError:
    """The 402 of a confirmation that the bank refused."""
    error = dict(intent["last_payment_error"])
    message, code = error.pop("message"), error.pop("code")
    error.pop("type")
    more = error | {"payment_intent": intent}
    return ApiError(402, message, kind="card_error", code=code, keeps=True, more=more)


def challenge(desk: Desk, *, intent: Json, method: Json) -> Json:
    """The bank wants the buyer, and the buyer is here (3-D Secure)."""
    intent |= {
        "next_action": {
            "redirect_to_url": {"return_url": None, "url": f"{desk.public_url}/3ds/{intent['id']}"},
            "type": "redirect_to_url",
        },
        "payment_method": method["id"],
        "status": "requires_action",
    }
    desk.emit("payment_intent.requires_action", desk.save(intent))
    return intent


def cancel(desk: Desk, *, intent: Json, reason: str | None) -> Json:
    intent |= {
        "canceled_at": desk.now,
        "cancellation_reason": reason,
        "next_action": None,
        "status": "canceled",
    }
    desk.emit("payment_intent.canceled", desk.save(intent))
    return intent


def attach(desk: Desk, *, method_id: str, customer_id: str | None) -> None:
    method = desk.find("payment_method", method_id)
    if customer_id is None or method["customer"] == customer_id:
        return
    method["customer"] = customer_id
    desk.emit("payment_method.attached", desk.save(method))


def unexpected_state(intent: Json, *, doing: str) -> ApiError:
    return conflict(
        f"You cannot {doing} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        more={"payment_intent": intent},
    )


def _outcome(kind: str, refusal: Refusal | None) -> Json:
    return {
        "advice_code": (refusal.advice_code or None) if refusal else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if refusal else "approved_by_network",
        "reason": (refusal.decline_code or None) if refusal else None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank did not approve the payment." if refusal else "Payment complete.",
        "type": kind,
    }
