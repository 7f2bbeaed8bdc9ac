"""The clock. UTC, aware, and shiftable in tests and the demo, so that eight days can pass in a second.

Services take `now`; those that decide by a deadline read the database's clock under the lock
(`marketplace.web.clock.database_now`) when it is None.
"""

from datetime import UTC, datetime, timedelta

_offset = timedelta()


def now() -> datetime:
    """The present instant in UTC, plus the shift."""
    return datetime.now(UTC) + _offset


def offset() -> timedelta:
    return _offset


def shift(by: timedelta) -> None:
    """Move the clock of this process to `by` from real time. Settings refuse it in production."""
    global _offset
    _offset = by
