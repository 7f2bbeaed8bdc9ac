"""Who may do what with an offer now: the one answer for buttons, pages and the API (R-OFR-2, R-OFR-5).

The services hold the same table under a lock; nothing here makes a write legal.
"""

from datetime import datetime

from accounts.models import User
from accounts.selectors import is_seller
from inbox.models import Conversation
from offers.enums import OfferState, Side
from offers.models import Offer
from offers.rules import nudge_opens
from offers.services.drafting import REVISABLE
from offers.transitions import OFFERS


def has_run_out(offer: Offer, now: datetime) -> bool:
    """Whether its deadline has come, also before the sweep has written it."""
    return offer.state == OfferState.SENT and offer.expires_at is not None and now >= offer.expires_at


def steps(*, offer: Offer, side: Side, now: datetime) -> frozenset[str]:
    """The names of the steps that `side` may take now; `revise` and `edit` are ways to another `send`."""
    open_now = {
        row.name
        for row in OFFERS.allowed(offer.state, side)
        if row.name != "replace"
        and row.is_for(side, Side(offer.made_by))
        and not (row.before_deadline and has_run_out(offer, now))
        and not (row.name == "remind" and now < nudge_opens(offer))
    }
    if side == offer.made_by and offer.state == OfferState.DRAFT:
        open_now.add("edit")
    if side == Side.SELLER and offer.state in REVISABLE and offer.replaced_by is None:
        open_now.add("revise")
    return frozenset(open_now)


def may_offer(*, conversation: Conversation, user: User) -> bool:
    """Sellers make offers to whom they talk with."""
    return conversation.includes(user) and is_seller(user)


def may_ask(*, conversation: Conversation, user: User) -> bool:
    """Anyone may ask a seller whom they talk with."""
    return conversation.includes(user) and is_seller(conversation.other(user))
