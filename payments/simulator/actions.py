"""What happens at Stripe without a request of ours: buttons, the control and tests all do it by these names."""

from collections.abc import Callable

from payments.simulator import disputing, onboarding
from payments.simulator.desk import Desk
from payments.simulator.resources import customers, payouts, refunds
from payments.simulator.wire import Json

Action = Callable[[Desk, Json], Json]


def dispute(desk: Desk, asked: Json) -> Json:
    """{"charge": "ch_…" or "pi_…", "amount": 2000, "kind": "chargeback" or "inquiry"}; without amount the whole."""
    kind = asked.get("kind", "chargeback")
    if kind not in ("chargeback", "inquiry"):
        raise ValueError(f"no such kind of dispute: {kind}")
    charge = _charge(desk, asked)
    return disputing.open_dispute(desk, charge=charge, amount=_amount(asked), inquiry=kind == "inquiry")


def escalate(desk: Desk, asked: Json) -> Json:
    """{"dispute": "du_…"}: an inquiry becomes a chargeback."""
    return disputing.escalate(desk, desk.find("dispute", asked["dispute"]))


def close_dispute(desk: Desk, asked: Json) -> Json:
    """{"dispute": "du_…", "won": true}"""
    return disputing.decide(desk, desk.find("dispute", asked["dispute"]), won=bool(asked["won"]))


def refund(desk: Desk, asked: Json) -> Json:
    """{"charge": "ch_…" or "pi_…", "amount": 2000}: in Stripe's own dashboard; without amount all that is left."""
    amount = _amount(asked)
    return refunds.make(desk, _charge(desk, asked), {} if amount is None else {"amount": amount})


def fail_refund(desk: Desk, asked: Json) -> Json:
    """{"refund": "re_…"}: the bank sends it back."""
    return refunds.fail(desk, desk.find("refund", asked["refund"]))


def pay_out(desk: Desk, asked: Json) -> Json:
    """{"currency": "USD", "amount": 2000}: to our own bank; without amount all that is available."""
    return payouts.make(desk, currency=asked["currency"].lower(), amount=_amount(asked))


def onboard(desk: Desk, asked: Json) -> Json:
    """{"account": "acct_…", "decision": "in_order"}; names: onboarding.DECISIONS"""
    return onboarding.decide(desk, asked["account"], asked["decision"])


def deauthorize(desk: Desk, asked: Json) -> Json:
    """{"account": "acct_…"}: it is none of ours any more."""
    return onboarding.deauthorize(desk, asked["account"])


def delete_customer(desk: Desk, asked: Json) -> Json:
    """{"customer": "cus_…"}: in Stripe's own dashboard."""
    return customers.delete(desk, asked["customer"])


ACTIONS: dict[str, Action] = {
    "dispute": dispute,
    "escalate_dispute": escalate,
    "close_dispute": close_dispute,
    "refund": refund,
    "fail_refund": fail_refund,
    "pay_out": pay_out,
    "onboard": onboard,
    "deauthorize": deauthorize,
    "delete_customer": delete_customer,
}


def _charge(desk: Desk, asked: Json) -> Json:
    wanted = str(asked["charge"])
    if wanted.startswith("pi_"):
        wanted = desk.find("payment_intent", wanted)["latest_charge"] or wanted
    return desk.find("charge", wanted)


def _amount(asked: Json) -> int | None:
    return None if asked.get("amount") is None else int(asked["amount"])
