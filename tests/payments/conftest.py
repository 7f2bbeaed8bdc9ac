"""What tests of payments share: time that passes, signals that are recorded, and a worker that dies on demand."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from marketplace.kernel import clock
from payments import crash_points
from payments.invariants import violations
from payments.signals import ChargeResult, charge_settled


@pytest.fixture
def time_passes() -> Iterator[Callable[[timedelta], None]]:
    """Moves our clock, the database's as we read it, and the simulator's, all together."""
    before = clock.offset()
    yield lambda by: clock.shift(clock.offset() + by)
    clock.shift(before)


@pytest.fixture
def told() -> Iterator[list[ChargeResult]]:
    """What was announced, in order; nobody else listens meanwhile."""
    results: list[ChargeResult] = []

    def record(sender: object, result: ChargeResult, **_: object) -> None:
        results.append(result)

    others, charge_settled.receivers = charge_settled.receivers, []
    charge_settled.connect(record, weak=False)
    yield results
    charge_settled.receivers = others
    charge_settled.sender_receivers_cache.clear()


@pytest.fixture(autouse=True)
def _nobody_listens(told: list[ChargeResult]) -> None:
    """Payments is tested without the apps above it."""


@pytest.fixture
def books_hold() -> Iterator[None]:
    """After the test, every invariant of `check_ledger` holds."""
    yield
    assert violations() == []


class Killed(BaseException):
    """The worker is gone: no handler runs, as if the process had been killed."""


@pytest.fixture
def kill_at() -> Iterator[Callable[[str], None]]:
    """Kill whoever reaches the crash point of this name, once."""

    def arm(name: str) -> None:
        def hook(reached: str) -> None:
            if reached == name:
                crash_points.arm(None)
                raise Killed(name)

        crash_points.arm(hook)

    yield arm
    crash_points.arm(None)
