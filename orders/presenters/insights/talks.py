"""People who wait for a seller's word: messages, requests for an offer; and offers that are about to expire."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse

from accounts.models import User
from inbox.models import Conversation
from inbox.selectors import conversations_of
from marketplace.web.markdown import plain
from offers.enums import OfferState
from offers.models import Offer, OfferRequest
from orders.presenters.insights.needs import SOON, Need, Urgency
from orders.presenters.words import counted, plain_minute

MOST_TALKS = 5  # more than these are one line with their number
STILL_FRESH = timedelta(days=7)  # how long a message that was read asks for an answer
EXCERPT = 70


def needs_of_talks(user: User, *, now: datetime) -> Iterator[Need]:
    """Conversations in which the other had the last word: not read yet, or read and not answered for a few days."""
    waiting = [
        (conversation, conversation.unread)
        for conversation in conversations_of(user).exclude(latest__author=user).filter(latest__kind="")
        if conversation.unread or conversation.active_at > now - STILL_FRESH
    ]
    waiting.sort(key=lambda pair: pair[0].active_at)
    for conversation, unread in waiting[:MOST_TALKS]:
        yield _talk(conversation, conversation.other(user), unread)
    if len(waiting) > MOST_TALKS:
        yield _more_talks(len(waiting) - MOST_TALKS, waiting[MOST_TALKS][0].active_at)


def _talk(conversation: Conversation, other: User, unread: int) -> Need:
    said = _excerpt(conversation.latest.body if conversation.latest else "")
    if unread > 1:
        text = f"{other.first_name} wrote {counted(unread, 'message')} that you have not read{said}"
    elif unread:
        text = f"{other.first_name} wrote to you{said}"
    else:
        text = f"{other.first_name} waits for your answer{said}"
    return Need(
        kind="answer_message",
        urgency=Urgency.WAITING,
        icon="message-circle",
        text=text,
        about="",
        action=f"Answer {other.first_name}",
        url=conversation.latest_url,
        at=conversation.active_at,
    )


def _excerpt(body: str) -> str:
    words = plain(body)
    if not words:
        return "."
    return f": “{words[:EXCERPT].rstrip()}…”" if len(words) > EXCERPT else f": “{words}”"


def _more_talks(count: int, since: datetime) -> Need:
    verb = "waits" if count == 1 else "wait"
    return Need(
        kind="answer_message",
        urgency=Urgency.WAITING,
        icon="inbox",
        text=f"{counted(count, 'more conversation')} {verb} for an answer.",
        about="",
        action="Open the inbox",
        url=reverse("inbox:list"),
        at=since,
    )


def needs_of_requests(user: User) -> Iterator[Need]:
    """Buyers who asked for an offer and have none, one for each conversation: the latest that they asked."""
    asked = OfferRequest.objects.filter(seller=user, offers=None).select_related("buyer", "conversation")
    latest = {request.conversation_id: request for request in asked.order_by("asked_at", "pk")}
    for request in latest.values():
        first, said = request.buyer.first_name, _excerpt(request.brief)
        yield Need(
            kind="make_offer",
            urgency=Urgency.WAITING,
            icon="file-text",
            text=f"{first} asks you for an offer{said}",
            about="",
            action=f"Make {first} an offer",
            url=reverse("offers:compose", args=[request.conversation.public_id]),
            at=request.asked_at,
        )


def needs_of_offers(user: User, *, now: datetime) -> Iterator[Need]:
    """Counter-offers to answer; own offers that nobody has answered and that soon can't be accepted (R-OFR-5)."""
    open_ones = Offer.objects.filter(seller=user, state=OfferState.SENT, expires_at__gt=now).select_related("buyer")
    for offer in open_ones.order_by("expires_at", "pk"):
        soon = offer.expires_at is not None and offer.expires_at - now <= SOON
        if offer.is_counter:
            yield _counter(offer, soon=soon)
        elif soon:
            yield _expiring(offer)


def _counter(offer: Offer, *, soon: bool) -> Need:
    first, until = offer.buyer.first_name, plain_minute(offer.expires_at)
    return Need(
        kind="answer_counter",
        urgency=Urgency.DATED if soon else Urgency.WAITING,
        icon="file-text",
        text=f"{first} wants other terms than your offer, and it is open until {until}.",
        about=offer.title,
        action=f"Answer {first}’s terms",
        url=offer.get_absolute_url(),
        at=offer.expires_at if soon else offer.sent_at,
    )


def _expiring(offer: Offer) -> Need:
    return Need(
        kind="offer_expires",
        urgency=Urgency.DATED,
        icon="timer",
        text=f"{offer.buyer.first_name} has not answered your offer, and it expires {plain_minute(offer.expires_at)}.",
        about=offer.title,
        action="See the offer",
        url=offer.get_absolute_url(),
        at=offer.expires_at,
    )
