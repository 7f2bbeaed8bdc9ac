"""Refunds: never more than the charge has left."""

from payments.simulator import disputing, objects
from payments.simulator.desk import Desk, integer, page_of
from payments.simulator.errors import conflict, invalid
from payments.simulator.wire import Json


def create(desk: Desk) -> Json:
    params = desk.request.params
    return make(desk, _charge(desk, params), params)


def make(desk: Desk, paid: Json, params: Json) -> Json:
    """Refund a charge by `amount` (all that is left when it doesn't say); also from Stripe's own dashboard."""
    if paid["disputed"] and not disputing.refundable(desk, paid):
        raise conflict(f"Charge {paid['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    left = paid["amount_captured"] - paid["amount_refunded"]
    if not left:
        raise conflict(f"Charge {paid['id']} has already been refunded.", code="charge_already_refunded")
    amount = integer(params, "amount", default=left)
    if not 1 <= amount <= left:
        raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    refund = objects.refund(
        now=desk.now, amount=amount, paid=paid, reason=params.get("reason"), metadata=params.get("metadata", {})
    )
    paid |= {"amount_refunded": paid["amount_refunded"] + amount, "refunded": amount == left}
    desk.emit("charge.refunded", desk.save(paid))
    if late := desk.late():
        outcome, at = late
        desk.later("refund", refund["id"], outcome=outcome, at=at)
    else:
        refund = _book(desk, refund)
    desk.emit("refund.created", desk.save(refund))
    return refund


def retrieve(desk: Desk, refund_id: str) -> Json:
    return desk.find("refund", refund_id)


def find_all(desk: Desk) -> Json:
    params = desk.request.params
    wanted = {name: params[name] for name in ("payment_intent", "charge") if name in params}
    return page_of(desk, "refund", "/v1/refunds", lambda refund: all(refund[name] == wanted[name] for name in wanted))


def settle_late(desk: Desk, refund: Json, *, outcome: str) -> None:
    """A pending refund has ended."""
    if outcome == "succeeded":
        desk.emit("refund.updated", desk.save(_book(desk, refund)))
    else:
        fail(desk, refund)


def fail(desk: Desk, refund: Json) -> Json:
    """The bank sends the money back: the charge has it again, and so has the balance when it had left."""
    if refund["status"] not in ("pending", "succeeded"):
        raise conflict(f"This refund is {refund['status']}.", code="refund_not_cancelable")
    if refund["status"] == "succeeded":
        line = objects.balance_transaction(
            now=desk.now, source=refund, amount=refund["amount"], kind="refund_failure", available_on=desk.now
        )
        refund["failure_balance_transaction"] = desk.save(line)["id"]
    paid = desk.find("charge", refund["charge"])
    paid |= {"amount_refunded": paid["amount_refunded"] - refund["amount"], "refunded": False}
    refund |= {"failure_reason": "expired_or_canceled_card", "status": "failed"}
    desk.store.delete("due", refund["id"])
    desk.save(paid)
    desk.emit("refund.updated", desk.save(refund))
    desk.emit("refund.failed", refund)
    return refund


def _book(desk: Desk, refund: Json) -> Json:
    transaction = objects.balance_transaction(now=desk.now, source=refund, amount=-refund["amount"], kind="refund")
    refund |= {"balance_transaction": desk.save(transaction)["id"], "status": "succeeded"}
    return refund


def _charge(desk: Desk, params: Json) -> Json:
    if charge_id := params.get("charge"):
        return desk.find("charge", charge_id, param="charge")
    intent_id = params.get("payment_intent")
    if not intent_id:
        raise invalid("One of the following params should be provided: payment_intent or charge.")
    intent = desk.find("payment_intent", intent_id, param="payment_intent")
    if intent["status"] != "succeeded":
        raise invalid(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.")
    return desk.find("charge", intent["latest_charge"])
