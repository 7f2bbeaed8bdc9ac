"""A clock that stands still until a history moves it, so that equal seeds give equal logs, to the microsecond."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType

import pytest

from marketplace.kernel import clock
from marketplace.web import clock as database_clock


class StillClock:
    """The application's clock and the database's, as the application reads it; the simulator follows the first."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def set(self, instant: datetime) -> None:
        self._now = instant

    def advance(self, by: timedelta) -> None:
        self._now += by


class _Reading:
    """Stands in for the connection and the cursor of `database_now`, which asks for one instant."""

    def __init__(self, still: StillClock) -> None:
        self._still = still

    def cursor(self) -> "_Reading":
        return self

    def __enter__(self) -> "_Reading":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing is open."""

    def execute(self, sql: str) -> None:
        assert sql == "SELECT clock_timestamp()"

    def fetchone(self) -> tuple[datetime]:
        return (self._still(),)


@contextmanager
def stopped_clock() -> Iterator[StillClock]:
    still = StillClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", still)
        patch.setattr(database_clock, "connection", _Reading(still))
        yield still
