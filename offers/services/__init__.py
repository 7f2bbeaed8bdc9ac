"""Everything that changes an offer. Accepting is in `accepting`, because only the placing of an order calls it."""

from offers.services.agreeing import send_on_these_terms
from offers.services.deciding import decline_offer, withdraw_offer
from offers.services.drafting import begin_counter, discard_draft, revise_offer, save_counter, save_draft
from offers.services.expiring import expire_offers
from offers.services.reminding import remind_of_ends, remind_reader
from offers.services.requesting import ask_for_offer
from offers.services.sending import send_counter, send_offer

__all__ = [
    "ask_for_offer",
    "begin_counter",
    "decline_offer",
    "discard_draft",
    "expire_offers",
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
