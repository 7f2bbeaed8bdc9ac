"""What offers tell people; the words are in templates/notifications/."""

from notifications.enums import Group
from notifications.kinds import Kind, register

OFFER_REQUESTED = "offer_requested"
REQUEST_DECLINED = "request_declined"

register(
    Kind(OFFER_REQUESTED, Group.OFFERS, "A buyer asks you for an offer", action="Answer with an offer"),
    Kind(REQUEST_DECLINED, Group.OFFERS, "A seller makes no offer on your request", action="See what they wrote"),
    Kind("offer_sent", Group.OFFERS, "A seller sends you an offer", action="Read the offer"),
    Kind("offer_revised", Group.OFFERS, "A seller sends a new version of an offer", action="Read the new version"),
    Kind("offer_countered", Group.OFFERS, "A buyer proposes other terms", action="Read and answer"),
    Kind("offer_withdrawn", Group.OFFERS, "An offer or a proposal is taken back", action="See the offer"),
    Kind("offer_accepted", Group.OFFERS, "A buyer accepts your offer", action="See the offer"),
    Kind("offer_declined", Group.OFFERS, "Your offer or proposal is declined", action="See the offer"),
    Kind("offer_nudge", Group.OFFERS, "The other side asks for your answer to an offer", action="Read and answer"),
    Kind("offer_runs_out", Group.OFFERS, "An offer waits for you and runs out soon", action="Read and answer"),
    Kind("offer_expired", Group.OFFERS, "An offer runs out without an answer", action="See the offer"),
)
