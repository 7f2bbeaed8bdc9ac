"""Our own payouts: from our balance to our bank, by hand in Stripe's dashboard."""

from payments.simulator import objects
from payments.simulator.desk import Desk
from payments.simulator.errors import conflict, invalid
from payments.simulator.resources.records import available
from payments.simulator.wire import Json


def make(desk: Desk, *, currency: str, amount: int | None = None) -> Json:
    """`amount` None: everything that is available. It arrives at once here."""
    there = available(desk, currency)
    amount = there if amount is None else amount
    if amount < 1:
        raise invalid("There is nothing to pay out.", param="amount")
    if amount > there:
        raise conflict("You have insufficient funds in your Stripe account.", code="balance_insufficient")
    payout = objects.blank("payout", prefix="po", now=desk.now) | {
        "amount": amount,
        "arrival_date": desk.now,
        "currency": currency,
    }
    line = objects.balance_transaction(
        now=desk.now, source=payout, amount=-amount, kind="payout", available_on=desk.now
    )
    payout["balance_transaction"] = desk.save(line)["id"]
    desk.emit("payout.created", desk.save(payout))
    desk.emit("payout.paid", payout)
    return payout
