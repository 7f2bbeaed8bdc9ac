"""Refunds: never more than the charge has left."""

from payments.simulator import objects
from payments.simulator.desk import Desk, integer, page_of
from payments.simulator.errors import conflict, invalid
from payments.simulator.wire import Json


def create(desk: Desk) -> Json:
    params = desk.request.params
    paid = _charge(desk, params)
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
    """A pending refund has ended; a failed one gives its sum back to the charge."""
    if outcome == "succeeded":
        desk.emit("refund.updated", desk.save(_book(desk, refund)))
        return
    paid = desk.find("charge", refund["charge"])
    paid |= {"amount_refunded": paid["amount_refunded"] - refund["amount"], "refunded": False}
    refund |= {"failure_reason": "expired_or_canceled_card", "status": "failed"}
    desk.save(paid)
    desk.emit("refund.updated", desk.save(refund))
    desk.emit("refund.failed", refund)


def _book(desk: Desk, refund: Json) -> Json:
    transaction = objects.balance_transaction(
        now=desk.now, source=refund, amount=-refund["amount"], fee=0, kind="refund"
    )
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
