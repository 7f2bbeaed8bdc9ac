"""What the desk refuses, in the words that an agent reads."""

from marketplace.kernel.errors import Refused


class OutcomeChanged(Refused):
    """What was shown is not what would happen now."""

    code = "outcome_changed"
    sentence = "The order has moved since you looked, so nothing was done. This is what would happen now."
    rule = "R-SUP-2"


class SecondAgentNeeded(Refused):
    """Whoever asked can't confirm it."""

    code = "second_agent_needed"
    sentence = "You have asked for this yourself. Another agent confirms it."
    rule = "R-SUP-2"


class DecisionWaits(Refused):
    code = "decision_waits"
    sentence = "A decision about this order waits for a second agent already. Confirm it or turn it down first."
    rule = "R-SUP-2"


class DecisionAnswered(Refused):
    code = "decision_answered"
    sentence = "Somebody has answered this already. Nothing was done now."
    rule = "R-SUP-2"


class StripeSilent(Refused):
    code = "stripe_silent"
    sentence = "Stripe can’t be reached just now, so nothing has changed. Milepost goes on asking by itself."
    rule = "R-SUP-4"
    status = 503


class NotOurHold(Refused):
    """It was placed for a chargeback or a case, and ends with that."""

    code = "not_our_hold"
    sentence = "This hold ends by itself, with what it was placed for. Only support’s own can be lifted here."
    rule = "R-ORD-17"


class NothingOpen(Refused):
    code = "nothing_open"
    sentence = "Nothing of this charge is open at Stripe: what the desk shows of it is final."
    rule = "R-SUP-4"


class NothingHeld(Refused):
    code = "nothing_held"
    sentence = "Payouts to this seller are not held back by support."
    rule = "R-SUP-4"
