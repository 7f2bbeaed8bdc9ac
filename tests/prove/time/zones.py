"""Instants worth a try: every change of clocks of every zone from 2026 to 2030, and the days that break programs."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)
SPECIAL = (
    datetime(2028, 2, 29, tzinfo=UTC),
    datetime(2028, 3, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
    datetime(2030, 1, 1, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
)


@cache
def zones() -> tuple[str, ...]:
    return tuple(sorted(zoneinfo.available_timezones()))


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The first second of each new offset, by bisection of the weeks in which it changes."""
    tz, found, at = zoneinfo.ZoneInfo(zone), [], FIRST
    while at < LAST:
        if _offset(at, tz) != _offset(at + WEEK, tz):
            found.append(_bisect(at, at + WEEK, tz))
        at += WEEK
    return tuple(found)


@cache
def cases() -> tuple[tuple[str, datetime], ...]:
    """(zone, instant): each change of each zone, and a special instant for each zone, the zones in turn."""
    turning = [(zone, instant) for zone in zones() for instant in changes(zone)]
    special = [(zone, SPECIAL[number % len(SPECIAL)]) for number, zone in enumerate(zones())]
    return tuple(turning + special)


def _offset(at: datetime, tz: zoneinfo.ZoneInfo) -> timedelta | None:
    return at.astimezone(tz).utcoffset()


def _bisect(before: datetime, after: datetime, tz: zoneinfo.ZoneInfo) -> datetime:
    old = _offset(before, tz)
    while after - before > SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(middle, tz) == old:
            before = middle
        else:
            after = middle
    return after
