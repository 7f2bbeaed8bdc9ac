"""What payments refuses, in the words that a person reads."""

from marketplace.kernel.errors import Refused


class ChargeInFlight(Refused):
    """The bank has the charge, or has answered yes: it can't be taken back or sent again now."""

    code = "charge_in_flight"
    sentence = "This payment is with the bank right now. Wait a moment for its answer."
    rule = "R-PAY-3"


class PageOpen(ChargeInFlight):
    """The buyer has the payment page open; charging the saved card beside it could take the money twice."""

    code = "payment_page_open"
    sentence = "The payment page is open. Pay there, or wait until it closes."


class AlreadyPaid(Refused):
    code = "already_paid"
    sentence = "This is paid already. You have not been charged again."
    rule = "R-PAY-3"


class ChargeEnded(Refused):
    """Withdrawn, or on its way there."""

    code = "charge_ended"
    sentence = "This payment is no longer asked for. Nothing was charged."


class PageUnavailable(Refused):
    """The provider gave no answer that can be trusted; trying again is safe."""

    code = "payment_page_unavailable"
    sentence = "The payment page can’t be opened just now. Nothing was charged. Try again in a minute."
    status = 503


class NothingToRetry(Refused):
    """There is no saved method, or the charge does not wait for another try."""

    code = "nothing_to_retry"
    sentence = "There is no saved card to charge. Pay on the payment page instead."


class NotCaptured(Refused):
    code = "not_captured"
    sentence = "This payment has not been received, so its money can’t be moved."
    rule = "R-PAY-4"


class MoneyMoved(Refused):
    """The held money was accepted, or is going back to the buyer: it can't go both ways."""

    code = "money_moved"
    sentence = "The money of this payment isn’t held any more."
    rule = "R-PAY-4"


class IllegalMove(Refused):
    """A state was asked to go where its table has no edge: a mistake of ours."""

    code = "illegal_move"
    sentence = "The payment is {state}; {name} isn’t possible now."
