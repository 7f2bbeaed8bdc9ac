"""time: no deadline a microsecond early, none twice, whatever the zone, the season or the worker's own clock."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from marketplace.kernel import clock
from payments.simulator.webhooks import sign
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.proof import Proof
from tests.prove.quiet import quiet
from tests.prove.time.bounds import AROUND, a_world, reached, try_instant
from tests.prove.time.crowding import Crowd, crowd_of, sweep_until_done, what_is_wrong
from tests.prove.time.deadlines import DEADLINES
from tests.prove.time.pausing import (
    EXPECTED,
    PAUSE,
    after_the_pause,
    beat,
    reminders_after_the_pause,
    started,
)
from tests.prove.time.zones import cases, changes, zones
from tests.prove.webhooks.posting import send

MOST_QUERIES = 80  # per order, both workers together
EVENT = {
    "id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "created": 1_772_442_000, "livemode": False,
    "api_version": "2026-10-28.endive", "data": {"object": {"id": "pi_1", "object": "payment_intent", "metadata": {}}},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet():
        yield


@pytest.mark.django_db
def test_no_deadline_is_early_late_or_twice_in_any_zone(proof: Proof) -> None:
    """Each change of clocks of each zone meets one kind of deadline; the seed says which."""
    kinds, everything = list(DEADLINES), cases()
    proof.cover("kinds", total=len(kinds))
    proof.cover("zones", total=len(zones()))
    proof.cover("changes", total=sum(len(changes(zone)) for zone in zones()))
    chosen = random.Random(proof.options.seed).sample(range(len(everything)), len(everything))
    numbers = [chosen[place] for place in proof.mine(proof.options.choose(ci=52, release=len(everything)))]
    for kind in kinds:
        mine = [number for number in numbers if kinds[(number + proof.options.seed) % len(kinds)] == kind]
        mine = [number for number in mine if proof.wants(f"b{number:04}")]
        if not mine:
            continue
        with reached(DEADLINES[kind]) as (stage, frozen):
            for number in mine:
                zone, at = everything[number]
                rng = random.Random(f"{proof.options.seed}:b{number:04}")
                with proof.case(f"b{number:04}"):
                    found = try_instant(DEADLINES[kind], stage, frozen, zone=zone, at=at, rng=rng)
                    assert not found, f"{kind} at {at} in {zone}: {'; '.join(found)}"
                proof.count(cases=1, instants=len(AROUND))
                proof.cover("kinds", kind)
                proof.cover("zones", zone)
                if at in changes(zone):
                    proof.cover("changes", f"{zone} {at}")
                proof.log(f"b{number:04} {kind} {zone} {at}")


@pytest.mark.django_db
def test_twelve_days_without_a_beat_and_each_deadline_is_kept_once(proof: Proof) -> None:
    for number in proof.mine(proof.options.choose(ci=1, release=20)):
        name = f"p{number:02}"
        if not proof.wants(name):
            continue
        rng = random.Random(f"{proof.options.seed}:{name}")
        stop = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(1500), seconds=rng.randrange(86_400))
        with proof.case(name), a_world(stop - timedelta(days=1)) as (stripe, frozen):
            stages = []
            for kind in EXPECTED:
                at = stop - timedelta(days=3 * (kind == "offer"), minutes=rng.randrange(5, 60))
                stages.append((kind, started(stripe, kind, frozen, at)))
            frozen.set(stop + PAUSE)
            beat()
            beat()
            for kind, stage in stages:
                assert not (wrong := after_the_pause(stage, kind)), f"{kind}: {wrong}"
            assert not (wrong := reminders_after_the_pause(stripe, frozen, rng, stop))
        proof.count(pauses=1, due_after_the_pause=len(EXPECTED))
        proof.log(f"{name} {stop}")


@pytest.mark.django_db(transaction=True)
def test_a_crowd_due_in_one_second_is_swept_in_batches_each_once(
    proof: Proof, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    orders = proof.options.choose(ci=60, release=5_000)
    for number in proof.mine(proof.options.choose(ci=1, release=2)):
        if not proof.wants(name := f"c{number}"):
            continue
        crowd_of(stripe, buyer, seller, orders=orders)
        crowd = Crowd(orders)
        with proof.case(name):
            sweep_until_done(crowd, most=proof.options.choose(ci=2, release=12))
            assert not (wrong := what_is_wrong(crowd)), wrong
            assert crowd.queries <= MOST_QUERIES * orders
        proof.count(due_in_one_second=orders, sweeps=crowd.sweeps, queries=crowd.queries)


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (300, 200), (301, 400)])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_webhook_is_believed_for_300_seconds_either_way(
    proof: Proof, stripe: StripeDouble, monkeypatch: pytest.MonkeyPatch, seconds: int, status: int, side: int
) -> None:
    """By a clock that stands: 300 s are within, 301 are not."""
    noon = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    body = json.dumps(EVENT | {"id": f"evt_{proof.shard}"}).encode()
    header = sign(body, secret="whsec_test", at=int(noon.timestamp()) + side * seconds)
    with proof.case(f"w{side * seconds:+}"):
        assert send(body, header) == status
    proof.count(webhook_instants=1)
