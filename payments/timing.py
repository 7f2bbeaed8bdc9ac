"""How long machines wait for machines. Technical limits of the provider's protocol, not rules of the business."""

from datetime import datetime, timedelta

LEASE = timedelta(minutes=3)  # longer than every retry and time-out of one call
KEY_LIFE = timedelta(hours=20)  # the provider may forget a key after 24 h: an older one is never sent again
SETTLING_IN = timedelta(minutes=15)  # after the last send, until a list endpoint can be believed to show it
REPLAYS = 3  # after so many tries a key that still brings an error is left behind: a stored 500 stays one
PAGE_LIFE = timedelta(hours=1)  # the hosted page; the provider allows 30 minutes to 24 hours
PAGE_MARGIN = timedelta(minutes=2)  # a page about to close is not handed out
DISPUTE_POLL = timedelta(hours=6)  # how often an undecided dispute is asked for, should a webhook be lost
POLL = timedelta(minutes=2)  # how often a page or a slow bank is asked, should a webhook be lost
FEE_POLL = timedelta(hours=1)  # how often a capture is asked for the provider's own fee, until it is known
ORPHAN_LIFE = timedelta(days=3)  # an event about nothing we know is looked at again for so long
EVENTS_BACK = timedelta(hours=6)  # how far the hourly listing of events overlaps what came before
EVENTS_KEPT = timedelta(days=30)  # for so long the provider lists an event
RECONCILE_BACK = timedelta(days=7)  # how far the daily comparison with the provider's balance looks back
RECONCILE_REST = timedelta(minutes=30)  # the youngest movements may be known to one side only
RECONCILE_EDGE = timedelta(days=3)  # read before the span, for what one side dates earlier than the other
AUDIT_LIFE = timedelta(days=90)
MONTH_CLOSES = timedelta(hours=6)  # after its last instant, until the slowest transaction of it is surely over
MONTHS_BACK = 12  # how far back month statements that were missed are looked for
PAYOUT_RETRY = timedelta(hours=1)  # after the provider's definite no to a transfer
ACCOUNT_KEY_LIFE = timedelta(minutes=10)  # for so long a seller's account is asked for under the same key
ACCOUNT_LIFE = timedelta(days=1)  # after which a seller's account is asked about again without any news
PAYOUT_PATIENCE = timedelta(days=1)  # a payout that waits for a person is looked at as often, should the news be lost
SURPLUS_AGAIN = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)


def key_is_spent(*, first_sent_at: datetime | None, tries: int, now: datetime) -> bool:
    """True when a request sent again under its key would teach nothing: what came of it is to be found by listing."""
    return first_sent_at is not None and (first_sent_at <= now - KEY_LIFE or tries > REPLAYS)


def surplus_again(failures: int) -> timedelta:
    """After so many refunds of a second capture failed: 1, 3, 7 days, then 30 days for as long as it has to be."""
    return SURPLUS_AGAIN[min(max(failures, 1), len(SURPLUS_AGAIN)) - 1]


def backoff(tries: int) -> timedelta:
    """30 s, 1, 2, 4, 8 minutes, then 15 minutes."""
    doublings = min(max(tries - 1, 0), 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)
