"""Checkout sessions, and what a button on their hosted page does."""

from payments.simulator import charging, objects
from payments.simulator.cards import Scenario
from payments.simulator.desk import Desk, integer, required
from payments.simulator.errors import conflict, invalid
from payments.simulator.resources.payment_intents import chargeable_amount, known_currency
from payments.simulator.wire import Json

KIND = "checkout.session"
LEAST_SECONDS, MOST_SECONDS = 30 * 60, 24 * 3600


def create(desk: Desk) -> Json:
    params = desk.request.params
    if params.get("mode") != "payment":
        raise invalid("Only the mode `payment` is simulated.", param="mode")
    if "payment_method_types" in params:
        raise invalid("payment_method_types is no longer supported.", code="payment_method_types_no_longer_supported")
    required(params, "success_url")
    if customer_id := params.get("customer"):
        desk.find("customer", customer_id, param="customer")
    lines = [_line(line) for line in required(params, "line_items")]
    session = objects.checkout_session(
        now=desk.now,
        amount=chargeable_amount(sum(line["amount"] for line in lines)),
        currency=lines[0]["currency"],
        expires_at=_expiry(desk),
        url=desk.public_url,
        fields=params,
    )
    desk.store.put("page", session["id"], {"lines": lines, "intent": params.get("payment_intent_data", {})})
    desk.later(KIND, session["id"], outcome="expired", at=session["expires_at"])
    return desk.save(session)


def retrieve(desk: Desk, session_id: str) -> Json:
    return desk.find(KIND, session_id)


def expire(desk: Desk, session_id: str) -> Json:
    session = desk.find(KIND, session_id)
    if session["status"] != "open":
        raise conflict(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {session["status"]}.',
            code="checkout_session_not_open",
        )
    return close(desk, session)


def close(desk: Desk, session: Json) -> Json:
    """The page is expired, and with it the payment that was begun on it."""
    session |= {"status": "expired", "url": None}
    desk.store.delete("due", session["id"])
    if session["payment_intent"]:
        intent = desk.find("payment_intent", session["payment_intent"])
        if intent["status"] in charging.CANCELABLE:
            charging.cancel(desk, intent=intent, reason="automatic")
    desk.emit("checkout.session.expired", desk.save(session))
    return session


def pay(desk: Desk, session_id: str, scenario: Scenario) -> Json:
    """The buyer pressed a scenario's button. Returns the intent; the session completes unless the bank refused."""
    session = desk.find(KIND, session_id)
    if session["status"] != "open":
        raise conflict("This page is closed.", code="checkout_session_not_open")
    intent = _intent(desk, session)
    email = desk.find("customer", session["customer"])["email"] if session["customer"] else None
    method = charging.new_method(desk, scenario=scenario, email=email)
    if scenario.challenged:
        intent = charging.challenge(desk, intent=intent, method=method)
    intent = charging.take(desk, intent=intent, method=method, refusal=scenario.on_page)
    if intent["status"] != "requires_payment_method":
        _complete(desk, session, email=email, paid=intent["status"] == "succeeded")
    return intent


def settle_late(desk: Desk, session: Json, *, paid: bool) -> None:
    """A payment that was processing when the page closed has ended."""
    session["payment_status"] = "paid" if paid else "unpaid"
    event = "checkout.session.async_payment_succeeded" if paid else "checkout.session.async_payment_failed"
    desk.emit(event, desk.save(session))


def _complete(desk: Desk, session: Json, *, email: str | None, paid: bool) -> None:
    session |= {
        "customer_details": {
            "address": None,
            "email": email,
            "name": None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
        "payment_status": "paid" if paid else "unpaid",
        "status": "complete",
        "url": None,
    }
    desk.store.delete("due", session["id"])
    desk.emit("checkout.session.completed", desk.save(session))


def _intent(desk: Desk, session: Json) -> Json:
    """The payment of this page, made at the first button pressed."""
    if session["payment_intent"]:
        return desk.find("payment_intent", session["payment_intent"])
    fields = desk.store.get("page", session["id"])["intent"] | {"customer": session["customer"]}
    intent = objects.payment_intent(
        now=desk.now, amount=session["amount_total"], currency=session["currency"], fields=fields
    )
    session["payment_intent"] = intent["id"]
    desk.store.put("page_of_intent", intent["id"], session["id"])
    desk.emit("payment_intent.created", desk.save(intent))
    desk.save(session)
    return intent


def _line(line: Json) -> Json:
    price = line.get("price_data") or {}
    quantity = integer(line, "quantity", default=1)
    return {
        "name": price.get("product_data", {}).get("name", ""),
        "amount": integer(price, "unit_amount") * quantity,
        "currency": known_currency(price),
    }


def _expiry(desk: Desk) -> int:
    expires_at = integer(desk.request.params, "expires_at", default=desk.now + MOST_SECONDS)
    if not LEAST_SECONDS <= expires_at - desk.now <= MOST_SECONDS:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return expires_at
