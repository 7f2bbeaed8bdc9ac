"""What time does by itself: late payments and refunds end, pages expire, disputes come and are lost unanswered."""

from payments.simulator import charging, disputing
from payments.simulator.cards import GENERIC
from payments.simulator.desk import Desk
from payments.simulator.resources import checkout_sessions, refunds
from payments.simulator.wire import Json


def settle(desk: Desk) -> None:
    """Everything that is due at the desk's instant; the caller commits."""
    for due in [each for each in desk.store.each("due") if each["at"] <= desk.now]:
        desk.store.delete("due", due["id"])
        thing = desk.find(due["kind"], due["id"])
        match due["kind"]:
            case "refund":
                refunds.settle_late(desk, thing, outcome=due["outcome"])
            case "charge" if due["outcome"] == "disputed":
                if not thing["disputed"]:  # its bank may have been quicker
                    disputing.open_dispute(desk, charge=thing)
            case "dispute":
                disputing.decide(desk, thing, won=False)
            case "charge":
                desk.emit("charge.updated", desk.save(charging.book(desk, charge=thing)))
            case checkout_sessions.KIND:
                checkout_sessions.close(desk, thing)
            case _:
                _end_payment(desk, thing, succeeded=due["outcome"] == "succeeded")


def _end_payment(desk: Desk, intent: Json, *, succeeded: bool) -> None:
    if succeeded:
        charging.succeed(desk, intent=intent)
    else:
        charging.refuse(desk, intent=intent, refusal=GENERIC)
    if session_id := desk.store.get("page_of_intent", intent["id"]):
        checkout_sessions.settle_late(desk, desk.find(checkout_sessions.KIND, session_id), paid=succeeded)
