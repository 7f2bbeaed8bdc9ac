"""What the bank knows, read in the simulator's own store: the truth that news is held to."""

from collections.abc import Container
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


def read_truth(simulator: Simulator, charge_ref: str, *, handed_out: Container[str]) -> Truth:
    """`handed_out`: the addresses of pages that the buyer was given.

    By a page whose address was lost with the bank’s answer nobody can pay, and without its id nobody can
    close it: it ends within the hour, and what came by it all the same would go back in full.
    """
    truth, store = Truth(), simulator.store
    pages = [page for page in store.each("checkout.session") if page["metadata"].get("charge_ref") == charge_ref]
    completed = {page["payment_intent"] for page in pages if page["status"] == "complete"}
    for intent in store.each("payment_intent"):
        if intent["metadata"].get("charge_ref") == charge_ref:
            _read_intent(truth, intent, page_is_over=intent["id"] in completed)
    now = simulator.clock().timestamp()
    for page in pages:
        if page["status"] == "open" and page["expires_at"] > now and page["url"] in handed_out:
            truth.page_is_open = truth.may_still_take = True
    return truth


def _read_intent(truth: Truth, intent: Json, *, page_is_over: bool) -> None:
    """One that failed after its page was completed can't be tried again; nor cancelled, being the page's own."""
    truth.captures += intent["status"] == "succeeded"
    over = page_is_over and intent["status"] == "requires_payment_method"
    truth.may_still_take |= intent["status"] not in TAKES_NOTHING and intent["latest_charge"] is not None and not over
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
