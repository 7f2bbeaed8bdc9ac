"""One stream of events played orderly, then again under seeded schedules: the end must be the same."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from payments import timing
from payments.invariants import violations
from payments.models import Charge
from payments.stripe_gateway import install_gateway
from tests.factories.accounts import make_agent, make_seller, make_user
from tests.factories.milestones import put_in_force
from tests.payments.simulator_fixtures import StripeDouble, hold_to_contract
from tests.prove.webhooks.acting import Action, Player, choose
from tests.prove.webhooks.ends import Facts, differences, disagreements, end_of, gate_of
from tests.prove.webhooks.posting import Posted, Postman
from tests.prove.webhooks.schedules import Chaotic, Habits, Orderly, Schedule
from tests.prove.webhooks.sweeping import work, work_of_an_hour
from tests.scenarios.story import Story, movable_clock, travel

MOST_ACTIONS = 24
POLLS, HOURS = 3, 7  # a dispute that no webhook tells of is asked for every six hours
ROUNDS_AFTER, HOURS_AFTER = 4, 19.0


@dataclass
class Counts:
    streams: int = 0
    schedules: int = 0
    actions: int = 0
    polls: int = 0
    by_polling_alone: int = 0
    posted: Posted = field(default_factory=Posted)
    acted: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)


@dataclass
class Told:
    """An orderly run: what was done, where the order stood after each action, and how all ended."""

    actions: list[Action]
    gates: list[tuple[object, ...]]
    end: Facts


@dataclass(frozen=True)
class Cast:
    buyer: User
    seller: User
    agent: User
    prices: tuple[int, ...]


def run_stream(*, seed: str, schedules: Sequence[int], counts: Counts, threads: int = 1) -> None:
    """The stream `seed`, orderly and then under each schedule. With `threads` > 1 everything is really committed."""
    with movable_clock(), world(kept=threads > 1):
        cast = cast_of(seed)
        counts.streams += 1
        kept = threads > 1
        story = None if kept else OneOrder.placed_by(cast)
        with world(kept=kept):
            told = _tell(seed, cast, story, counts)
        for number in schedules:
            counts.schedules += 1
            cast = cast_of(seed) if kept else cast  # a Stripe of its own knows nobody of before
            with world(kept=kept):
                rng = random.Random(f"{seed}:{number}")
                found = _play_again(told, cast, story, rng, Habits.drawn(rng, threads=threads), counts)
            counts.violations += [f"schedule {number}: {each}" for each in found]


def cast_of(seed: str) -> Cast:
    rng = random.Random(seed)
    if rng.random() < 0.3:
        put_in_force("classic")  # at most three milestones, and over 100.00 together
        prices = tuple(rng.choice((60_00, 99_99, 1_234_56)) for _ in range(rng.randint(2, 3)))
    else:
        put_in_force("standard")  # what a stream before this one left in force is not undone where threads commit
        first = rng.choice((60_00, 99_99, 1_234_56))
        prices = (first, *(rng.choice((50_01, 66_67, 99_99)) for _ in range(rng.randint(0, 3))))
    return Cast(
        buyer=make_user("Bea Buyer"), seller=make_seller("Sol Seller"), agent=make_agent("Ann Agent"), prices=prices
    )  # fmt: skip


def _tell(seed: str, cast: Cast, placed: "OneOrder | None", counts: Counts) -> Told:
    rng = random.Random(seed)
    with stage(cast, placed, counts) as (stripe, story, player, postman):
        told = Told([], [], {})
        schedule = Orderly(stripe, postman)
        first: Action | None = Action("onboard") if rng.random() < 0.6 else None
        while len(told.actions) < MOST_ACTIONS:
            action, first = first or choose(story.order, story.current_charge, rng), None
            if action is None:
                break
            player.do(action)
            work()
            while schedule.deliver():
                work()
            told.actions.append(action)
            told.gates.append(gate_of(story.order))
        counts.actions += len(told.actions)
        told.end = _wind_up(stripe, story, schedule)
        counts.acted.update(action.name for action in told.actions)
        counts.violations += [f"orderly: {each}" for each in disagreements(stripe, story.order)]
    return told


def _play_again(
    told: Told, cast: Cast, placed: "OneOrder | None", rng: random.Random, habits: Habits, counts: Counts
) -> list[str]:
    with stage(cast, placed, counts) as (stripe, story, player, postman):
        schedule = Chaotic(stripe, postman, rng, habits)
        for number, (action, gate) in enumerate(zip(told.actions, told.gates, strict=True)):
            player.do(action)
            if not _comes_to(gate, story, schedule, counts):
                return [f"after {number} {action}: {gate_of(story.order)!r} instead of {gate!r}"]
        end = _wind_up(stripe, story, schedule)
        if habits.drop == 1.0:
            counts.by_polling_alone += 1
        wrong = differences(told.end, end) + disagreements(stripe, story.order)
        wrong += [f"{each.invariant.name}: {each.rows[:3]}" for each in violations()]
    return wrong


def _comes_to(gate: tuple[object, ...], story: Story, schedule: Schedule, counts: Counts) -> bool:
    """Does the order get there by what arrives now, or else by asking Stripe at most a few times?"""
    for number in range(POLLS + HOURS):
        work()
        if schedule.deliver():
            work()
        if gate_of(story.order) == gate:
            return True
        counts.polls += 1
        if number < POLLS:
            travel(seconds=timing.POLL.total_seconds() + 1)
        else:
            travel(hours=1)
            work_of_an_hour()
    return False


def _wind_up(stripe: StripeDouble, story: Story, schedule: Schedule) -> Facts:
    """Three days later, when Stripe has given up sending."""
    for _ in range(ROUNDS_AFTER):
        travel(hours=HOURS_AFTER)
        schedule.deliver()
        work_of_an_hour()
    return end_of(stripe, story.order)


class OneOrder(Story):
    """A story with the charge that is asked for now."""

    @classmethod
    def placed_by(cls, cast: Cast) -> "OneOrder":
        return cls(StripeDouble(), cast.buyer, cast.seller, prices=cast.prices)

    @property
    def current_charge(self) -> Charge | None:
        milestone = self.order.milestones.exclude(state__in=["planned", "not_started"]).order_by("-position").first()
        return milestone.charge if milestone else None


@contextmanager
def stage(
    cast: Cast, placed: OneOrder | None, counts: Counts
) -> Iterator[tuple[StripeDouble, OneOrder, Player, Postman]]:
    """A Stripe of its own and an order that nobody has paid, at the clock of now; the clock is put back after."""
    with movable_clock():
        story = placed or OneOrder.placed_by(cast)
        stripe = story.stripe = StripeDouble()
        install_gateway(stripe.gateway)
        try:
            yield stripe, story, Player(stripe, story, cast.agent), Postman(stripe, counts.posted)
            hold_to_contract(stripe.adapter)
        finally:
            install_gateway(None)


@contextmanager
def world(*, kept: bool) -> Iterator[None]:
    """What happens inside is undone at the end, unless it is to be really committed."""
    if kept:
        yield
        return
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase marks its own
    with block:
        yield
        transaction.set_rollback(True)
