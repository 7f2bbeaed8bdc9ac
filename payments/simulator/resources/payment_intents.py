"""Payment intents: created, confirmed off-session, cancelled, listed."""

from marketplace.kernel.currencies import EXPONENTS
from payments.simulator import charging, objects
from payments.simulator.desk import Desk, flag, integer, page_of, required
from payments.simulator.errors import ApiError, conflict, invalid
from payments.simulator.wire import Json

LEAST_AMOUNT = 50  # Stripe's, for US dollars
_FIELDS = ("capture_method", "customer", "description", "metadata", "payment_method", "setup_future_usage")


def create(desk: Desk) -> Json:
    params = desk.request.params
    _refuse_old_parameters(params)
    amount = chargeable_amount(integer(params, "amount"))
    if customer_id := params.get("customer"):
        desk.find("customer", customer_id, param="customer")
    if method_id := params.get("payment_method"):
        _refuse_foreign(desk.find("payment_method", method_id, param="payment_method"), customer_id)
    fields = {name: params[name] for name in (*_FIELDS, "transfer_group") if name in params}
    intent = objects.payment_intent(now=desk.now, amount=amount, currency=known_currency(params), fields=fields)
    desk.emit("payment_intent.created", desk.save(intent))
    return _confirm(desk, intent) if flag(params, "confirm") else intent


def retrieve(desk: Desk, intent_id: str) -> Json:
    return desk.find("payment_intent", intent_id)


def confirm(desk: Desk, intent_id: str) -> Json:
    intent = desk.find("payment_intent", intent_id)
    if intent["status"] not in charging.CONFIRMABLE or _belongs_to_page(desk, intent_id):
        raise charging.unexpected_state(intent, doing="confirm")
    return _confirm(desk, intent)


def cancel(desk: Desk, intent_id: str) -> Json:
    intent = desk.find("payment_intent", intent_id)
    if _belongs_to_page(desk, intent_id) and intent["status"] in charging.CANCELABLE:
        raise conflict(
            "You cannot cancel this PaymentIntent because it was created by Checkout. Expire the Checkout Session.",
            code="payment_intent_unexpected_state",
            more={"payment_intent": intent},
        )
    if intent["status"] not in charging.CANCELABLE:
        raise charging.unexpected_state(intent, doing="cancel")
    return charging.cancel(desk, intent=intent, reason=desk.request.params.get("cancellation_reason"))


def find_all(desk: Desk) -> Json:
    customer_id = desk.request.params.get("customer")
    return page_of(
        desk,
        "payment_intent",
        "/v1/payment_intents",
        lambda intent: customer_id is None or intent["customer"] == customer_id,
    )


def chargeable_amount(amount: int) -> int:
    if amount < LEAST_AMOUNT:
        raise invalid("Amount must be at least $0.50 usd", param="amount", code="amount_too_small")
    return amount


def known_currency(params: Json) -> str:
    currency = str(required(params, "currency"))
    if currency.upper() not in EXPONENTS:
        raise invalid(f"Invalid currency: {currency}.", param="currency")
    return currency.lower()


def _confirm(desk: Desk, intent: Json) -> Json:
    """Off-session a bank that wants the buyer gives 402; on-session it would be `requires_action`."""
    params = desk.request.params
    method_id = params.get("payment_method") or intent["payment_method"]
    if not method_id:
        raise conflict(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
            more={"payment_intent": intent},
        )
    method = desk.find("payment_method", method_id, param="payment_method")
    _refuse_foreign(method, intent["customer"])
    refusal = charging.scenario_of(desk, method_id).later
    if refusal and refusal.wants_authentication and not flag(params, "off_session"):
        return charging.challenge(desk, intent=intent, method=method)
    intent = charging.take(desk, intent=intent, method=method, refusal=refusal)
    if intent["status"] == "requires_payment_method":
        raise charging.refused(intent)
    return intent


def _refuse_foreign(method: Json, customer_id: str | None) -> None:
    if method["customer"] is None:
        raise ApiError(
            400,
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was "
            "detached from a Customer. It may not be used again.",
            param="payment_method",
        )
    if method["customer"] != customer_id:
        raise invalid("The payment method does not belong to the customer.", param="payment_method")


def _belongs_to_page(desk: Desk, intent_id: str) -> bool:
    return desk.store.get("page_of_intent", intent_id) is not None


def _refuse_old_parameters(params: Json) -> None:
    if "payment_method_types" in params:
        raise invalid(
            "payment_method_types is no longer supported in this API version.",
            param="payment_method_types",
            code="payment_method_types_no_longer_supported",
        )
