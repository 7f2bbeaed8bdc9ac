"""What can go wrong with an offer, in the words that the person reads."""

from marketplace.kernel.errors import Invalid, NotAllowed, Refused


class OfferNotOpen(Refused):
    code = "offer_not_open"
    rule = "R-OFR-5"
    sentence = "This offer is {state}, so you can’t {action} it any more."


class OfferExpired(Refused):
    code = "offer_expired"
    rule = "R-OFR-5"
    sentence = "This offer was valid until {expired}. Ask {author} to send it again."


class OfferChanged(Refused):
    code = "offer_changed"
    rule = "R-OFR-5"
    sentence = "These are not the terms that you were shown. Read the offer as it stands now, then accept it."


class DraftChanged(Refused):
    code = "draft_changed"
    sentence = "You changed this draft in another window. What you typed here is below, and not saved yet."


class OfferMovedOn(Refused):
    code = "offer_moved_on"
    rule = "R-OFR-5"
    sentence = "Meanwhile {author} has sent version {version}. Your draft is kept; it can answer that one instead."


class NotYourStep(NotAllowed):
    code = "not_your_step"
    rule = "R-OFR-5"
    sentence = "Only the {side} can {action} this offer."


class CounterNotAccepted(NotAllowed):
    code = "counter_not_accepted"
    rule = "R-OFR-5"
    sentence = "{buyer} proposes these terms. They can be accepted and paid once the seller has sent them as an offer."


class NotACounter(NotAllowed):
    code = "not_a_counter"
    rule = "R-OFR-5"
    sentence = "Nobody has proposed other terms here. The offer stands as it was sent."


class NothingProposed(Invalid):
    code = "nothing_proposed"
    rule = "R-OFR-5"
    sentence = "You have changed nothing yet. Change a price, a day, a milestone or its words; or accept the offer."


class RemindedLately(Refused):
    code = "reminded_lately"
    sentence = "{reader} has heard of it lately. You can remind them again from {when}."


class OnlySellersOffer(NotAllowed):
    code = "only_sellers_offer"
    rule = "R-OFR-2"
    sentence = "Only sellers make offers. Become a seller and publish a gig first."


class OfferNeedsGig(Invalid):
    code = "offer_needs_gig"
    rule = "R-OFR-2"
    sentence = "Choose which of your active gigs this offer is based on."


class OfferNeedsTitle(Invalid):
    code = "offer_needs_title"
    rule = "R-OFR-2"
    sentence = "Give the offer a title, so that both of you know what it is for."


class OfferNeedsDescription(Invalid):
    code = "offer_needs_description"
    rule = "R-OFR-2"
    sentence = "Say in a sentence or two what {buyer} will get."


class NotANumber(Invalid):
    code = "not_a_number"
    sentence = "Write a whole number here; “{typed}” is not one."


class NotAPrice(Invalid):
    code = "not_a_price"
    sentence = "Write a price such as {example}; “{typed}” is not one."


class TooLong(Invalid):
    code = "too_long"
    sentence = "Up to {limit} characters fit here; this has {length}."


class RequestNeedsBrief(Invalid):
    code = "request_needs_brief"
    rule = "R-OFR-2"
    sentence = "Say what you need, so that the seller can make an offer."


class BudgetTooLow(Invalid):
    code = "budget_too_low"
    sentence = "A budget is more than zero. Leave it empty if you have none yet."


class DateHasPassed(Invalid):
    code = "date_has_passed"
    sentence = "That day has passed. Choose a later one, or leave it empty."


class RequestClosed(Refused):
    code = "request_closed"
    rule = "R-OFR-2"
    sentence = "This request is {state} already."


class NotASeller(Refused):
    code = "not_a_seller"
    rule = "R-OFR-2"
    sentence = "{name} does not sell here, so you can’t ask for an offer."
