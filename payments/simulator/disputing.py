"""Disputes: a buyer's bank takes a payment back (a chargeback) or asks about it (an inquiry), and decides in the end.

A chargeback takes its amount and a fee from our balance at once; won, the amount comes back and the fee stays. An
inquiry moves nothing unless it grows into a chargeback.
"""

from payments.simulator import objects
from payments.simulator.desk import Desk
from payments.simulator.errors import ApiError, conflict, invalid
from payments.simulator.wire import Json

FEE = 1500
EVIDENCE_SECONDS = 14 * 24 * 3600
UNDECIDED = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def open_dispute(
    desk: Desk, *, charge: Json, amount: int | None = None, inquiry: bool = False, reason: str = "product_not_received"
) -> Json:
    """`amount` None: the whole charge."""
    amount = charge["amount_captured"] if amount is None else amount
    if not charge["paid"] or not 1 <= amount <= charge["amount_captured"]:
        raise invalid(f"Charge {charge['id']} can't be disputed by {amount}.", param="amount")
    if charge["disputed"]:
        raise invalid(f"Charge {charge['id']} has been disputed already.", param="charge")
    dispute = objects.blank("dispute", prefix="du", now=desk.now) | {
        "amount": amount,
        "charge": charge["id"],
        "currency": charge["currency"],
        "is_charge_refundable": inquiry,
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    brand = charge["payment_method_details"]["card"]["brand"]
    dispute["payment_method_details"]["card"] |= {
        "brand": brand,
        "case_type": "inquiry" if inquiry else "chargeback",
        "network": brand,
    }
    dispute["evidence_details"]["due_by"] = desk.now + EVIDENCE_SECONDS
    desk.save(charge | {"disputed": True})
    if inquiry:
        desk.emit("charge.dispute.created", desk.save(dispute))
        return dispute
    return _withdraw(desk, dispute, event="charge.dispute.created")


def escalate(desk: Desk, dispute: Json) -> Json:
    """An inquiry becomes a chargeback."""
    if dispute["status"] not in ("warning_needs_response", "warning_under_review"):
        raise _decided(dispute)
    dispute |= {"is_charge_refundable": False, "status": "needs_response"}
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    dispute["evidence_details"] |= {"due_by": desk.now + EVIDENCE_SECONDS, "submission_count": 0}
    return _withdraw(desk, dispute, event="charge.dispute.updated")


def submit(desk: Desk, dispute: Json) -> Json:
    """Our side has been heard, once."""
    under_review = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
    dispute["status"] = under_review[dispute["status"]]
    dispute["evidence_details"]["submission_count"] += 1
    desk.store.delete("due", dispute["id"])
    return dispute


def decide(desk: Desk, dispute: Json, *, won: bool) -> Json:
    """The bank decides; an inquiry is merely closed, whichever way."""
    if dispute["status"] not in UNDECIDED:
        raise _decided(dispute)
    inquiry = dispute["status"].startswith("warning_")
    answered = dispute["evidence_details"]["submission_count"] > 0
    dispute["status"] = "warning_closed" if inquiry else "won" if won else "lost"
    dispute["evidence_details"]["past_due"] = not answered and desk.now >= dispute["evidence_details"]["due_by"]
    desk.store.delete("due", dispute["id"])
    if dispute["status"] == "won":
        line = _line(desk, dispute, amount=dispute["amount"], fee=0, category="dispute_reversal")
        dispute["balance_transactions"].append(line)
        dispute["is_charge_refundable"] = True
        desk.emit("charge.dispute.funds_reinstated", desk.save(dispute))
    desk.emit("charge.dispute.closed", desk.save(dispute))
    return dispute


def refundable(desk: Desk, charge: Json) -> bool:
    """May a disputed charge be refunded? Not while, or after, its bank takes the money itself."""
    disputes = [each for each in desk.store.each("dispute") if each["charge"] == charge["id"]]
    return all(each["is_charge_refundable"] for each in disputes)


def _withdraw(desk: Desk, dispute: Json, *, event: str) -> Json:
    line = _line(desk, dispute, amount=-dispute["amount"], fee=FEE, category="dispute")
    dispute["balance_transactions"].append(line)
    desk.later("dispute", dispute["id"], outcome="lost", at=dispute["evidence_details"]["due_by"])
    desk.emit(event, desk.save(dispute))
    desk.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _line(desk: Desk, dispute: Json, *, amount: int, fee: int, category: str) -> Json:
    line = objects.balance_transaction(
        now=desk.now,
        source=dispute,
        amount=amount,
        fee=fee,
        kind="adjustment",
        category=category,
        available_on=desk.now,
    )
    if fee:
        line["fee_details"][0]["description"] = "Dispute fee"
    return desk.save(line)


def _decided(dispute: Json) -> ApiError:
    return conflict(f"This dispute is {dispute['status']}.", code="dispute_not_open")
