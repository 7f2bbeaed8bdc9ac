"""Who may write now: no stranger, nobody across a block, nobody at a machine's pace (R-OFR-1)."""

import math
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from inbox.errors import ConversationClosed, TooFast, YouBlockThem
from inbox.extensions import are_tied
from inbox.limits import MESSAGES_AT_ONCE, MESSAGES_WITHIN
from inbox.models import Block, Conversation, Message
from marketplace.kernel.errors import Unknown


def blockers_between(one: User, other: User) -> frozenset[int]:
    """The keys of those of the two who block the other."""
    pair = Q(blocker=one, blocked=other) | Q(blocker=other, blocked=one)
    return frozenset(Block.objects.filter(pair).values_list("blocker", flat=True))


def check_may_write(*, conversation: Conversation, author: User, business: bool, now: datetime) -> None:
    """The one door for everything that is written. Raises Unknown, YouBlockThem, ConversationClosed, TooFast.

    A block closes it for both, except for plain messages while something that both are bound by is under way.
    `business`: a new offer or request, which a block refuses then, too.
    """
    if not conversation.includes(author):
        raise Unknown
    other = conversation.other(author)
    blockers = blockers_between(author, other)
    if blockers and (business or not are_tied(author, other)):
        raise YouBlockThem(name=other.first_name) if author.pk in blockers else ConversationClosed
    check_pace(author=author, now=now)


def check_pace(*, author: User, now: datetime) -> None:
    """Raises TooFast, with the seconds until the oldest of the last messages is out of the way."""
    recent = Message.objects.filter(author=author, at__gt=now - MESSAGES_WITHIN).order_by("-at")
    times = list(recent.values_list("at", flat=True)[:MESSAGES_AT_ONCE])
    if len(times) == MESSAGES_AT_ONCE:
        wait = (times[-1] + MESSAGES_WITHIN - now).total_seconds()
        raise TooFast(count=MESSAGES_AT_ONCE, wait=max(1, math.ceil(wait)))
