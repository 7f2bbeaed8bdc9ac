"""What the bank knows, read in the simulator's own store: the truth that news is held to."""

from dataclasses import dataclass, field

from payments.simulator.core import Simulator
from payments.simulator.wire import Json

TAKES_NOTHING = ("canceled", "succeeded")


@dataclass(kw_only=True)
class Truth:
    """One charge of ours, as the bank has it."""

    captures: int = 0
    refusals: set[str] = field(default_factory=set)  # "declined", "wants buyer"
    refused_for_good: bool = False
    may_still_take: bool = False
    page_is_open: bool = False


def read_truth(simulator: Simulator, charge_ref: str) -> Truth:
    truth, store = Truth(), simulator.store
    for intent in store.each("payment_intent"):
        if intent["metadata"].get("charge_ref") == charge_ref:
            _read_intent(truth, intent)
    now = simulator.clock().timestamp()
    for page in store.each("checkout.session"):
        if page["metadata"].get("charge_ref") == charge_ref and page["status"] == "open" and page["expires_at"] > now:
            truth.page_is_open = truth.may_still_take = True
    return truth


def _read_intent(truth: Truth, intent: Json) -> None:
    truth.captures += intent["status"] == "succeeded"
    truth.may_still_take |= intent["status"] not in TAKES_NOTHING and intent["latest_charge"] is not None
    error = intent["last_payment_error"]
    if error:
        truth.refusals.add("wants buyer" if error["code"] == "authentication_required" else "declined")
        truth.refused_for_good = error.get("advice_code") == "do_not_try_again"


def read_objects(simulator: Simulator, kind: str) -> dict[str, Json]:
    """Everything of a kind, by Stripe's id."""
    return {each["id"]: each for each in simulator.store.each(kind)}


def refund_states(simulator: Simulator) -> dict[str, str]:
    """The bank's status of each refund, by our own name for it."""
    return {
        refund["metadata"]["refund_ref"]: refund["status"]
        for refund in simulator.store.each("refund")
        if "refund_ref" in refund["metadata"]
    }
