"""Moving time for the demo's past: our clock and the simulator's go back together, and come forward together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import requests
from django.conf import settings

from marketplace.kernel import clock

TIMEOUT = 10


class Journey:
    """A stretch of the past that moves forward step by step."""

    def travel(self, *, days: float = 0, hours: float = 0) -> None:
        """Go forward."""
        _move(timedelta(days=days, hours=hours))


@contextmanager
def journey(*, days_ago: float) -> Iterator[Journey]:
    """Begin `days_ago`, end in the present."""
    before = clock.offset()
    _move(-timedelta(days=days_ago))
    try:
        yield Journey()
    finally:
        _move(before - clock.offset())


def _move(by: timedelta) -> None:
    clock.shift(clock.offset() + by)
    control("clock", advance=round(by.total_seconds()))


def control(name: str, **body: object) -> None:
    """Speak to the simulator's control desk."""
    answer = requests.post(f"{settings.STRIPE_API_BASE}/_control/{name}", json=body, timeout=TIMEOUT)
    answer.raise_for_status()
