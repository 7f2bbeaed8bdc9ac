"""Rightly signed, and untrue: events that say what Stripe doesn't, and payments that aren't what we asked for.

Each lie is told in a world of its own, which is undone afterwards. Whatever is stored of it, nothing may be booked.
"""

import copy
import json
import random
from collections.abc import Callable

from payments.simulator.wire import Json
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.webhooks.forging import Models, true_body

Lie = Callable[[StripeDouble, Models, random.Random], bytes]


def _fresh(models: Models, rng: random.Random, kind: str, subject: Json) -> bytes:
    event = json.loads(true_body(models, rng))
    return json.dumps(event | {"type": kind, "data": {"object": subject}}).encode()


def _some(stripe: StripeDouble, rng: random.Random, kind: str, **wanted: object) -> Json:
    fitting = [thing for thing in stripe.objects(kind) if all(thing[name] == value for name, value in wanted.items())]
    found: Json = copy.deepcopy(rng.choice(fitting))
    return found


def _put(stripe: StripeDouble, thing: Json) -> Json:
    stripe.simulator.store.put(thing["object"], thing["id"], thing)
    stripe.simulator.store.commit()
    return thing


def says_paid(stripe: StripeDouble, models: Models, rng: random.Random) -> bytes:
    """The event says that a refused payment succeeded; Stripe, when asked, does not."""
    refused = _some(stripe, rng, "payment_intent", status="requires_payment_method")
    claimed = refused | {"status": "succeeded", "amount_received": refused["amount"], "last_payment_error": None}
    return _fresh(models, rng, "payment_intent.succeeded", claimed)


def says_complete(stripe: StripeDouble, models: Models, rng: random.Random) -> bytes:
    """The event says that an open page was paid."""
    page = _some(stripe, rng, "checkout.session", status="open")
    return _fresh(models, rng, "checkout.session.completed", page | {"status": "complete", "payment_status": "paid"})


def says_refunded(stripe: StripeDouble, models: Models, rng: random.Random) -> bytes:
    """A refund that Stripe has never heard of."""
    paid = _some(stripe, rng, "payment_intent", status="succeeded")
    refund = {"id": f"re_{rng.randrange(10**9)}", "object": "refund", "status": "succeeded"}
    refund |= {name: paid[name] for name in ("amount", "currency")} | {"payment_intent": paid["id"], "metadata": {}}
    return _fresh(models, rng, rng.choice(("refund.created", "refund.updated", "charge.refund.updated")), refund)


def names_our_charge(stripe: StripeDouble, models: Models, rng: random.Random) -> bytes:
    """A payment that Stripe doesn't have, under the marks of one of ours."""
    ours = _some(stripe, rng, "payment_intent")
    return _fresh(models, rng, "payment_intent.succeeded", ours | {"id": f"pi_{rng.randrange(10**9)}"})


def other_account(stripe: StripeDouble, models: Models, rng: random.Random) -> bytes:
    """An event of an account that is not ours, sent to our own endpoint."""
    event = json.loads(names_our_charge(stripe, models, rng))
    return json.dumps(event | {"account": f"acct_{rng.randrange(10**9)}"}).encode()


def payment_of_another_order(stripe: StripeDouble, models: Models, rng: random.Random) -> bytes:
    """A paid payment of one order, under the marks of one that is not paid; Stripe has it with its own."""
    paid = _some(stripe, rng, "payment_intent", status="succeeded")
    unpaid = _some(stripe, rng, "checkout.session", status="open")
    return _fresh(models, rng, "payment_intent.succeeded", paid | {"metadata": unpaid["metadata"]})


def page_of_another_order(stripe: StripeDouble, models: Models, rng: random.Random) -> bytes:
    paid = _some(stripe, rng, "checkout.session", status="complete")
    unpaid = _some(stripe, rng, "checkout.session", status="open")
    return _fresh(models, rng, "checkout.session.completed", paid | {"metadata": unpaid["metadata"]})


def says_again(stripe: StripeDouble, models: Models, rng: random.Random) -> bytes:
    """Old news under its old id, with other contents."""
    event = rng.choice(models.events)
    return json.dumps(event | {"data": {"object": event["data"]["object"] | {"amount": 1}}}).encode()


def _at_stripe(**change: object) -> Lie:
    """A payment that really is at Stripe with the marks of an unpaid charge, and differs from what we asked for."""

    def lie(stripe: StripeDouble, models: Models, rng: random.Random) -> bytes:
        paid = _some(stripe, rng, "payment_intent", status="succeeded")
        page = _some(stripe, rng, "checkout.session", status="open")
        as_asked = {name: page[name] for name in ("currency", "customer", "metadata")}
        as_asked |= dict.fromkeys(("amount", "amount_received"), page["amount_total"])
        drawn = {name: value(rng, as_asked) if callable(value) else value for name, value in change.items()}
        thing = _put(stripe, paid | as_asked | {"id": f"pi_{rng.randrange(10**12):024}"} | drawn)
        return _fresh(models, rng, "payment_intent.succeeded", thing)

    return lie


def _less_or_more(rng: random.Random, asked: Json) -> int:
    amount: int = asked["amount"]
    return amount + rng.choice((-1, 1, -amount + 1, amount, 10**6))


MOVE_NOTHING: dict[str, Lie] = {
    lie.__name__: lie
    for lie in (
        says_paid, says_complete, says_refunded, names_our_charge, other_account, payment_of_another_order,
        page_of_another_order, says_again,
    )
}  # fmt: skip

MUST_QUARANTINE: dict[str, Lie] = {
    "other_amount": _at_stripe(amount=_less_or_more),
    "received_less": _at_stripe(amount_received=lambda rng, asked: rng.randrange(asked["amount"])),
    "other_currency": _at_stripe(currency=lambda rng, asked: rng.choice(("eur", "jpy", "gbp", "kwd"))),
    "other_customer": _at_stripe(customer=lambda rng, asked: f"cus_{rng.randrange(10**9)}"),
    "live_mode": _at_stripe(livemode=True),
}
