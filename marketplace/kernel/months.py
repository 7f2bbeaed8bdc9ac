"""The calendar of what happens once a month."""

from calendar import monthrange
from datetime import UTC, datetime

SHORTEST = 28  # days that every month has


def months_after(anchor: datetime, count: int) -> datetime:
    """The same day and time of day in UTC, `count` months later; a day that the month lacks is its last one.

    Reckoned from the anchor each time and never from the month before, so that the 31st of January gives the 28th of
    February and then the 31st of March. Raises ValueError for a naive anchor.
    """
    if anchor.tzinfo is None:
        raise ValueError("an anchor needs a time zone")
    start = anchor.astimezone(UTC)
    years, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return start.replace(year=years, month=month + 1, day=min(start.day, monthrange(years, month + 1)[1]))
