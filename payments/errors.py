"""What payments refuses, in the words that a person reads."""

from marketplace.kernel.errors import Invalid, Refused, Unknown


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


class MethodUnknown(Unknown):
    code = "payment_method_not_found"
    sentence = "We can’t find that card."


class MethodRemoved(Refused):
    """It was removed here or at the provider, so it can't be charged."""

    code = "payment_method_removed"
    sentence = "This card was removed. Choose another one."


class MethodBusy(Refused):
    """A charge by it is on its way: it can be removed once the bank has answered."""

    code = "payment_method_busy"
    sentence = "This card is being charged right now. Remove it once the bank has answered."


class NotCaptured(Refused):
    code = "not_captured"
    sentence = "This payment has not been received, so its money can’t be moved."
    rule = "R-PAY-4"


class RefundBeyondPayment(Refused):
    """`left` is what of the payment has not gone back."""

    code = "refund_beyond_payment"
    sentence = "Of this payment {left} is left to go back. Choose a sum above zero that is no more than that."
    rule = "R-PAY-7"


class RefundDiffers(Refused):
    """What the provider has under our mark is not what was asked for."""

    code = "refund_differs"
    sentence = "Stripe has this refund, but not as it was asked for: {differs}. Call an engineer."
    rule = "R-PAY-7"


class HeldBackDiffers(Refused):
    """The provider holds money of what was held back, and it is not what was asked for."""

    code = "held_back_differs"
    sentence = "Stripe has it, but not as it was asked for: {differs}. Give it back there, and compare once more."
    rule = "R-SUP-4"


class ChargeDisputed(Refused):
    code = "charge_disputed"
    sentence = "The buyer’s bank has taken this payment back and decides about it, so it can’t be refunded as well."
    rule = "R-PAY-7"


class MoneyMoved(Refused):
    """All of it is going back to the buyer: it can't go both ways."""

    code = "money_moved"
    sentence = "The money of this payment isn’t held any more."
    rule = "R-PAY-4"


class IllegalMove(Refused):
    """A state was asked to go where its table has no edge: a mistake of ours."""

    code = "illegal_move"
    sentence = "The payment is {state}; {name} isn’t possible now."


class DocumentUnknown(Unknown):
    code = "document_not_found"
    sentence = "We can’t find that document."


class DisputeOver(Refused):
    code = "dispute_over"
    sentence = "The bank has decided already, so nothing can be sent any more."
    rule = "R-PAY-7"


class EvidenceSent(Refused):
    code = "evidence_sent"
    sentence = "Our side has been sent. The bank takes it once, so it can’t be changed any more."
    rule = "R-PAY-7"


class EvidenceEmpty(Invalid):
    code = "evidence_empty"
    sentence = "There is nothing to send yet."
    rule = "R-PAY-7"


class EvidenceTooLong(Invalid):
    code = "evidence_too_long"
    sentence = "The bank takes {most} characters; these are {length}."
    rule = "R-PAY-7"


class EvidenceUnknown(Invalid):
    """A field that the provider doesn't have: a mistake of ours."""

    code = "evidence_unknown"
    sentence = "The bank has no field “{name}”."


class NotASeller(Refused):
    code = "not_a_seller"
    sentence = "Only sellers are paid. Become a seller first."
    rule = "R-PAY-5"


class PayoutCountryFixed(Refused):
    """The account at the provider was made for a country, and stays there."""

    code = "payout_country_fixed"
    sentence = "The country of your payout account can’t be changed any more. Write to support if it is wrong."
    rule = "R-PAY-5"


class PayoutCountryNotOffered(Invalid):
    """The operator's setting PAYOUT_COUNTRIES leaves it out: no transfer could be sent there."""

    code = "payout_country_not_offered"
    sentence = (
        "Stripe doesn’t let us send money to accounts in that country. Choose a country from the list, if you have a "
        "bank account in one, or write to support."
    )
    rule = "R-PAY-5"


class OnboardingUnavailable(Refused):
    """The provider gave no answer that can be trusted; trying again is safe."""

    code = "onboarding_unavailable"
    sentence = "Stripe’s page can’t be opened just now. Nothing has changed. Try again in a minute."
    status = 503


class AccountNotGone(Refused):
    """There is no account to give up, or the provider has it after all."""

    code = "account_not_gone"
    sentence = "This account isn’t gone at Stripe, so no other can take its place. Nothing has changed."
    rule = "R-PAY-5"


class PayoutsUnsettled(Refused):
    """It might have arrived in the old account; asked for anew it would be sent twice."""

    code = "payouts_unsettled"
    sentence = "A payout to the old account isn’t settled yet. Wait until it is, or settle it with Stripe first."
    rule = "R-PAY-5"
