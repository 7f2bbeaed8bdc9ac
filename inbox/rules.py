"""Who blocks whom, and how fast a person may write (R-OFR-1)."""

import math
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from inbox.errors import TooFast
from inbox.limits import MESSAGES_AT_ONCE, MESSAGES_WITHIN
from inbox.models import Block, Message


def blockers_between(one: User, other: User) -> frozenset[int]:
    """The keys of those of the two who block the other."""
    pair = Q(blocker=one, blocked=other) | Q(blocker=other, blocked=one)
    return frozenset(Block.objects.filter(pair).values_list("blocker", flat=True))


def check_pace(*, author: User, now: datetime) -> None:
    """Raises TooFast, with the seconds until the oldest of the last messages is out of the way."""
    recent = Message.objects.filter(author=author, at__gt=now - MESSAGES_WITHIN).order_by("-at")
    times = list(recent.values_list("at", flat=True)[:MESSAGES_AT_ONCE])
    if len(times) == MESSAGES_AT_ONCE:
        wait = (times[-1] + MESSAGES_WITHIN - now).total_seconds()
        raise TooFast(count=MESSAGES_AT_ONCE, wait=max(1, math.ceil(wait)))
