"""How long machines wait for machines. Technical limits of the provider's protocol, not rules of the business."""

from datetime import timedelta

LEASE = timedelta(minutes=3)  # longer than every retry and time-out of one call
KEY_LIFE = timedelta(hours=20)  # the provider may forget a key after 24 h: an older one is never sent again
SETTLING_IN = timedelta(minutes=15)  # after the last send, until a list endpoint can be believed to show it
REPLAYS = 3
PAGE_LIFE = timedelta(hours=1)  # the hosted page; the provider allows 30 minutes to 24 hours
PAGE_MARGIN = timedelta(minutes=2)  # a page about to close is not handed out
POLL = timedelta(minutes=2)  # how often a page or a slow bank is asked, should a webhook be lost
FEE_POLL = timedelta(hours=1)  # how often a capture is asked for the provider's own fee, until it is known
ORPHAN_LIFE = timedelta(days=3)  # an event about nothing we know is looked at again for so long
EVENTS_BACK = timedelta(hours=6)  # how far the hourly listing of events overlaps what came before
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)


def backoff(tries: int) -> timedelta:
    """30 s, 1, 2, 4, 8 minutes, then 15 minutes."""
    doublings = min(max(tries - 1, 0), 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)
