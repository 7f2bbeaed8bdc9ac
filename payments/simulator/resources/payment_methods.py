"""Payment methods: they come into being on the hosted page only, so that no card number ever reaches this API."""

from payments.simulator.desk import Desk
from payments.simulator.errors import invalid
from payments.simulator.wire import Json


def retrieve(desk: Desk, method_id: str) -> Json:
    return desk.find("payment_method", method_id)


def detach(desk: Desk, method_id: str) -> Json:
    method = desk.find("payment_method", method_id)
    if method["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            param="payment_method",
        )
    method["customer"] = None
    desk.emit("payment_method.detached", desk.save(method))
    return method


def replace(desk: Desk, method_id: str, *, last4: str, exp_month: int, exp_year: int) -> Json:
    """The bank issued a new card for the old one, and the networks told Stripe."""
    method = desk.find("payment_method", method_id)
    method["card"] = method["card"] | {"exp_month": exp_month, "exp_year": exp_year, "last4": last4}
    desk.emit("payment_method.automatically_updated", desk.save(method))
    return method
