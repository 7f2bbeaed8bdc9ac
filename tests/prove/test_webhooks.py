"""webhooks: seeded schedules give the orderly end, nothing forged is believed, and losing all of them loses nothing."""

import random
from collections.abc import Iterator

import pytest

from tests.prove.proof import Proof
from tests.prove.quiet import quiet
from tests.prove.webhooks.posting import Posted
from tests.prove.webhooks.refusing import FAR_LESS_OFTEN, KINDS, target, try_forgery
from tests.prove.webhooks.running import Counts, run_stream


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet():
        yield


def _played(proof: Proof, name: str, *, schedules: int, threads: int = 1) -> None:
    """One stream of events under its schedules. A case is the stream, so that a replay is one orderly run and these."""
    counts = Counts(posted=Posted())
    with proof.case(name):
        run_stream(seed=f"{proof.options.seed}:{name}", schedules=range(schedules), counts=counts, threads=threads)
    proof.count(
        streams=counts.streams,
        schedules=counts.schedules,
        actions=counts.actions,
        deliveries=counts.posted.deliveries,
        polls=counts.polls,
        by_polling_alone=counts.by_polling_alone,
        from_several_threads=counts.schedules if threads > 1 else 0,
        slow_acks=sum(took > 1 for took in counts.posted.acks),
    )
    proof.cover("actions", *counts.acted)
    for problem in (*counts.violations, *counts.posted.problems):
        proof.violate(name, problem)
    if threads == 1:
        proof.log(f"{name} {counts.schedules} {counts.posted.deliveries} {counts.polls}")


@pytest.mark.django_db
def test_any_schedule_ends_as_the_orderly_one(proof: Proof) -> None:
    streams, schedules = proof.options.choose(ci=4, release=200), proof.options.choose(ci=2, release=5)
    for number in proof.mine(streams):
        if proof.wants(name := f"s{number:04}"):
            _played(proof, name, schedules=schedules)


@pytest.mark.django_db(transaction=True)
def test_any_schedule_from_several_threads_at_once_ends_as_the_orderly_one(proof: Proof) -> None:
    for number in proof.mine(proof.options.choose(ci=1, release=12)):
        if proof.wants(name := f"t{number:04}"):
            _played(proof, name, schedules=proof.options.choose(ci=1, release=4), threads=4)


@pytest.mark.django_db
def test_no_forgery_is_believed(proof: Proof) -> None:
    forgeries = proof.options.choose(ci=300, release=3_000)
    proof.cover("forgeries", total=len(KINDS))
    with target() as at:
        for number in proof.mine(forgeries):
            name = f"f{number:04}"
            rng = random.Random(f"{proof.options.seed}:{name}")
            rounds, place = divmod(number // 2, len(KINDS))  # both shards meet every kind
            kind = KINDS[place]
            if not proof.wants(name) or (kind == "huge" and rounds % FAR_LESS_OFTEN):
                continue
            with proof.case(name):
                assert not (why := try_forgery(at, kind, rng)), f"{kind}: {why}"
            proof.count(forgeries=1)
            proof.cover("forgeries", kind)
            proof.log(f"{name} {kind}")
