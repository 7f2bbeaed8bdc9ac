"""One deadline at one instant in one zone: a microsecond before it, at it, and a microsecond after."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta

from marketplace.kernel.errors import DomainError
from payments.stripe_gateway import install_gateway
from tests.factories.accounts import make_seller, make_user
from tests.payments.simulator_fixtures import StripeDouble, hold_to_contract
from tests.prove.time.deadlines import Deadline, Stage
from tests.prove.time.frozen import Frozen, everyone_in, frozen_clock, undone
from tests.scenarios.story import books_of

MICROSECOND, HOUR = timedelta(microseconds=1), timedelta(hours=1)
END_OF_2025 = datetime(2025, 12, 1, tzinfo=UTC)
AROUND = (-1, 0, 1)  # microseconds from the deadline


@contextmanager
def a_world(at: datetime) -> Iterator[tuple[StripeDouble, Frozen]]:
    """A Stripe, and a database whose clock stands at `at`. Nothing of it stays."""
    stripe = StripeDouble()
    install_gateway(stripe.gateway)
    try:
        with undone(), frozen_clock() as frozen:
            frozen.set(at)
            yield stripe, frozen
        hold_to_contract(stripe.adapter)
    finally:
        install_gateway(None)


@contextmanager
def reached(deadline: Deadline) -> Iterator[tuple[Stage, Frozen]]:
    """An order just before the clock of `deadline` starts, at the end of 2025."""
    with a_world(END_OF_2025) as (stripe, frozen):
        stage = Stage(stripe, make_user("Bea Buyer"), make_seller("Sol Seller"))
        deadline.reach(stage)
        yield stage, frozen


def try_instant(
    deadline: Deadline, stage: Stage, frozen: Frozen, *, zone: str, at: datetime, rng: random.Random
) -> list[str]:
    """What is wrong with how `deadline` comes at the instant `at`, for people and machines in `zone`."""
    kept = deepcopy(stage.stripe.simulator.store._objects)
    with undone(), everyone_in(zone, stage.buyer, stage.seller):
        frozen.skew = timedelta()
        frozen.set(at - deadline.before)
        deadline.start(stage)
        found = [] if deadline.stored(stage) == at else [f"stored as {deadline.stored(stage)}"]
        frozen.skew = rng.choice((-HOUR, timedelta(), HOUR))  # a worker's own clock decides nothing
        for microseconds in AROUND:
            with undone():
                frozen.set(at + microseconds * MICROSECOND)
                found += [f"{microseconds:+} µs: {each}" for each in _swept(deadline, stage, over=microseconds >= 0)]
    stage.stripe.simulator.store._objects = kept
    return found


def _swept(deadline: Deadline, stage: Stage, *, over: bool) -> list[str]:
    """The sweep comes twice; people try before it."""
    found = []
    if deadline.act and _can(deadline, stage) == over:
        found.append("a person could still act" if over else "a person could not act any more")
    deadline.sweep()
    deadline.sweep()
    made = deadline.marks(stage)
    if made != (1 if over else deadline.earlier):  # of reminders only the nearest is sent
        found.append(f"{made} times")
    if deadline.books and (money := books_of(stage.order)) != deadline.books[over]:
        found.append(f"the books: {money}")
    return found


def _can(deadline: Deadline, stage: Stage) -> bool:
    assert deadline.act
    with undone():
        try:
            deadline.act(stage)
        except DomainError:
            return False
    return True
