"""Why an order stands still, in plain words for each side (R-ORD-4, R-PAY-7)."""

from orders.presenters.words import other
from orders.selectors import OrderView, standing_holds
from payments.enums import HoldKind


def hold_words(view: OrderView) -> tuple[str, ...]:
    """One sentence or two per reason that stands, and then what it means."""
    holds = standing_holds(view.order)
    words = [_chargeback(view) if hold.kind == HoldKind.CHARGEBACK else hold.reason for hold in holds]
    return (*dict.fromkeys(words), _meaning(view))


def _chargeback(view: OrderView) -> str:
    if view.is_buyer:
        return (
            "Your bank asked for one of your payments back. If you didn’t mean to do that, tell your bank; if "
            "something is wrong with the work, write to our support."
        )
    return (
        f"{other(view).first_name}’s bank asked for a payment back. Our support answers it with the terms, your "
        "deliveries and your messages; you have nothing to do."
    )


def _meaning(view: OrderView) -> str:
    if view.is_over:
        paid = "" if view.is_buyer else " Until it is decided nothing of this order is paid out."
        return f"The order has ended and stays as it is.{paid}"
    if view.is_buyer:
        return "Until it is decided nothing is charged. You are told as soon as there is news."
    return "Until it is decided you need not deliver, and nothing of this order is paid out. You are told of any news."
