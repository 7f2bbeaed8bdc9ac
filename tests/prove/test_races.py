"""races: any two or three steps that can meet end as if one had come before the other, whatever the instant.

The oracle is the sequence: each pair is first taken one after the other, both ways, on two copies of the order; a trial
at one instant must end in one of those two stories, to the cent. Nothing else is known of what ought to happen.
"""

from collections.abc import Iterator
from functools import partial
from itertools import combinations, combinations_with_replacement, count

import pytest
from django.db import DatabaseError

from accounts.models import User
from marketplace.kernel.errors import DomainError
from payments.invariants import violations
from tests.factories.accounts import make_agent, make_seller, make_user
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.proof import Proof
from tests.prove.quiet import quiet
from tests.prove.races.acts import ACTS, Act, Stage, steps_of
from tests.prove.races.copying import Prototype, copy_order, take_prototype
from tests.prove.races.meeting import force, meet, unlocked
from tests.prove.races.outcomes import Outcome, outcome_of
from tests.prove.races.stages import STAGES
from tests.scenarios.story import movable_clock

TRIPLES = (
    ("delivered", "T8 accept next", "T12 lapse review", "T20 cancel"),
    ("delivered", "T8 accept next", "T10 accept and stop", "T12 lapse review"),
    ("delivered", "T6 revise", "T12 lapse review", "T21 cancel and go on"),
    ("delivered_last", "T9 accept last", "T12 lapse review", "T20 cancel"),
    ("more_time_asked", "R8 grant time", "T8 accept next", "T12 lapse review"),
    ("page_paid", "T3 page paid", "T2 lapse unpaid", "T3 page paid"),
    ("charging", "T13 worker charges", "T11 stop", "T16 lapse payment"),
    ("payment_failed", "T15 retry", "T15 pay again", "T16 lapse payment"),
    ("second_page_open", "T3 page paid", "T11 stop", "T16 lapse payment"),
    ("settled_untold", "T3 announce", "T11 stop", "T20 cancel"),
)


Raised = list[BaseException | None]


def merged(queues: list[list[Act]]) -> Iterator[list[Act]]:
    """Every order in which the steps can come, those of one act in their own order."""
    if not any(queues):
        yield []
    for index, queue in enumerate(queues):
        if queue:
            rest = [*queues[:index], queue[1:], *queues[index + 1 :]]
            yield from ([queue[0], *others] for others in merged(rest))


class Bench:
    """The prototypes of one shard and their copies."""

    def __init__(self, stripe: StripeDouble) -> None:
        self.stripe = stripe
        self.people: tuple[User, User, User] = make_user("Bruno"), make_seller("Selma"), make_agent("Agnes")
        self._numbers = count(1)
        self._prototypes: dict[str, Prototype] = {}

    def copy(self, stage: str) -> Stage:
        """An order at the moment `stage`, like any other copy."""
        store = self.stripe.simulator.store
        if stage not in self._prototypes:
            buyer, seller, _ = self.people
            self._prototypes[stage] = take_prototype(STAGES[stage](self.stripe, buyer, seller), store)
        with self.stripe.simulator.lock:
            order_id = copy_order(self._prototypes[stage], next(self._numbers), store)
        return Stage.of(order_id, self.stripe, self.people[2])

    def possible(self, stage: str) -> list[str]:
        """The acts that can be taken at this moment and change something."""
        before = outcome_of(self.copy(stage).order_id)
        return [name for name in ACTS if self.in_turn(stage, ACTS[name]) != before]

    def in_turn(self, stage: str, *acts: Act) -> Outcome:
        """How it ends when they come one after the other; what is refused is refused."""
        there = self.copy(stage)
        for act in acts:
            try:
                act(there)
            except DomainError:
                continue
        return outcome_of(there.order_id)

    def stories(self, stage: str, *names: str) -> set[Outcome]:
        """Every way in which they can come one after the other."""
        return {self.in_turn(stage, *each) for each in merged([list(steps_of(name)) for name in names])}

    def stories_without_refused(self, stage: str, names: tuple[str, ...], raised: Raised) -> set[Outcome]:
        """The stories of those that went through, when some were told to wait; of none there is no story."""
        through = [name for name, error in zip(names, raised, strict=True) if error is None]
        return self.stories(stage, *through) if 0 < len(through) < len(names) else set()


@pytest.fixture
def bench(transactional_db: None, stripe: StripeDouble) -> Iterator[Bench]:
    with quiet(), movable_clock():
        yield Bench(stripe)


def slug(*names: str) -> str:
    return "-".join(name.replace(" ", "_") for name in names)


def trial(
    bench: Bench, stage: str, names: tuple[str, ...], stories: set[Outcome], *, lock: str = "", held: bool = False
) -> None:
    """One meeting: at one instant, or with the first stopped at a `lock`. Its end must be one of the stories.

    A step may also be told to wait for another one's payment, and then its refusal must have changed nothing.
    """
    there = bench.copy(stage)
    calls = [partial(ACTS[name], there) for name in names]
    raised = force(*calls, lock=lock, held=held) if lock else meet(*calls)
    for error in raised:
        if error is not None and not isinstance(error, DomainError):
            raise error
    ended = outcome_of(there.order_id)
    if ended not in stories:
        others = bench.stories_without_refused(stage, names, raised)
        assert ended in others, f"{ended} is none of {stories | others}, refused: {raised}"


# Where the first is stopped: in or before the lock of the order, and of the charge.
WAYS = [("order", True), ("order", False), ("charge", True), ("charge", False)]


CONTESTED = ["delivered", "charging", "payment_failed", "second_page_open", "page_paid", "more_time_asked"]


def test_pairs(bench: Bench, proof: Proof) -> None:
    stages = list(STAGES) if proof.options.tier == "release" or proof.options.only else CONTESTED
    for number in proof.mine(len(stages)):
        stage = stages[number]
        pairs = list(enumerate(combinations_with_replacement(bench.possible(stage), 2)))
        for turn, pair in pairs if proof.options.tier == "release" or proof.options.only else pairs[number % 3 :: 3]:
            if proof.wants(name := slug(stage, *pair)):
                with proof.case(name):
                    _race(proof, bench, stage, pair, turn)
                proof.cover("pairs", " × ".join(pair))
                proof.cover("meetings", name)
                proof.log(name)
    assert violations() == []


def _race(proof: Proof, bench: Bench, stage: str, pair: tuple[str, str], turn: int) -> None:
    """At one instant, and with each of the two stopped at each lock; in CI one of these, by turns."""
    stories = bench.stories(stage, *pair)
    for _ in range(proof.options.choose(ci=1, release=30)):
        trial(bench, stage, pair, stories)
        proof.count(trials=1)
    forced = [(names, *way) for names in (pair, pair[::-1]) for way in WAYS]
    for names, lock, held in forced if proof.options.tier == "release" else [forced[turn % len(forced)]]:
        for _ in range(proof.options.choose(ci=1, release=3)):
            trial(bench, stage, names, stories, lock=lock, held=held)
            proof.count(trials=1, forced=1)


def test_triples(bench: Bench, proof: Proof) -> None:
    chosen = TRIPLES[:: proof.options.choose(ci=2, release=1)]
    for number in proof.mine(len(chosen)):
        stage, *names = chosen[number]
        if proof.wants(name := slug(stage, *names)):
            with proof.case(name):
                stories = bench.stories(stage, *names)
                for _ in range(proof.options.choose(ci=1, release=100)):
                    trial(bench, stage, tuple(names), stories)
                    proof.count(trials=1, triples=1)
            proof.cover("triples", name, total=len(TRIPLES))
    assert violations() == []


def test_without_the_lock_the_trials_notice(bench: Bench, proof: Proof) -> None:
    """Teeth: of two steps that exclude each other, both go through at least 95 times of 100."""
    rivals = list(combinations(["T8 accept next", "T10 accept and stop", "T12 lapse review", "T6 revise"], 2))
    tried = noticed = 0
    for _ in proof.mine(proof.options.choose(ci=2, release=200)):
        for pair in rivals:
            stories = bench.stories("delivered", *pair)
            with unlocked():
                tried, noticed = tried + 1, noticed + _is_noticed(bench, pair, stories)
    proof.count(unlocked=tried, noticed=noticed)
    assert noticed >= 0.95 * tried


def _is_noticed(bench: Bench, pair: tuple[str, str], stories: set[Outcome]) -> bool:
    try:
        trial(bench, "delivered", pair, stories, lock="facts", held=True)
    except (AssertionError, DatabaseError):
        return True
    return False


def test_a_copy_is_like_its_prototype(bench: Bench, proof: Proof) -> None:
    for number in proof.mine(len(STAGES)):
        stage = list(STAGES)[number]
        first, second = bench.copy(stage), bench.copy(stage)
        prototype = bench._prototypes[stage]
        assert outcome_of(first.order_id) == outcome_of(second.order_id) == outcome_of(prototype.order_id)
    assert violations() == []
