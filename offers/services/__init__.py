"""Everything that changes an offer. Accepting is in `accepting`, because only the placing of an order calls it."""

from offers.services.agreeing import send_on_these_terms
from offers.services.countering import counter_offer
from offers.services.deciding import decline_offer, withdraw_offer
from offers.services.drafting import answer_newest, begin_counter, discard_draft, revise_offer, save_counter, save_draft
from offers.services.expiring import expire_offers
from offers.services.keeping import keep_as_template
from offers.services.reminding import remind_of_ends, remind_reader
from offers.services.requesting import ask_for_offer, decline_request
from offers.services.sending import send_counter, send_offer

__all__ = [
    "answer_newest",
    "ask_for_offer",
    "begin_counter",
    "counter_offer",
    "decline_offer",
    "decline_request",
    "discard_draft",
    "expire_offers",
    "keep_as_template",
    "remind_of_ends",
    "remind_reader",
    "revise_offer",
    "save_counter",
    "save_draft",
    "send_counter",
    "send_offer",
    "send_on_these_terms",
    "withdraw_offer",
]
