"""When what may be done again may be done again."""

from datetime import datetime, timedelta

from offers.models import Offer


def nudge_opens(offer: Offer) -> datetime:
    """From when its author may remind the reader: the policy's hours after it was sent, or after the last time.

    ValueError for a draft.
    """
    last = offer.nudged_at or offer.sent_at
    if last is None or offer.policy is None:
        raise ValueError("nobody has heard of a draft")
    return last + timedelta(hours=offer.policy.offer_nudge_hours)
