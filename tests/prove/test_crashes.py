"""crashes: whoever dies at whichever step of whichever call to the bank, sweeps alone bring the undisturbed end.

A worker is a process of its own, killed by SIGKILL, or its connection is terminated under it, or the database server
is killed. No broker is reachable and, in every second cell, no webhook arrives. Then sweeps run until the order's money
is at rest. It must be what an undisturbed run ends in, one payment at Stripe for each of ours, without anyone's help.
"""

import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.db import connection

from marketplace.kernel import clock
from payments.crash_points import arm
from payments.invariants import violations
from payments.simulator.control import Control
from payments.simulator.endpoints import SimulatorServer
from payments.simulator.hosted_page import HostedPage
from payments.timing import LEASE
from tests.factories.accounts import make_seller, make_user
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.crashes.postmaster import OwnServer, own_database
from tests.prove.crashes.recovery import at_rest, compare_with_stripe, recover
from tests.prove.crashes.scenes import SCENES, Cast, Ready, Scene
from tests.prove.crashes.workers import Nursery, nursery
from tests.prove.proof import Proof
from tests.prove.quiet import quiet
from tests.prove.races.outcomes import ATTEMPTS, Outcome, outcome_of
from tests.scenarios.engine import Engine
from tests.scenarios.story import movable_clock

SWEEP_OF = {
    "payments.tasks.submit_attempt": "payments.tasks.sweep_charges",
    "payments.tasks.process_event": "payments.tasks.sweep_events",
    "payments.tasks.withdraw_charge": "payments.tasks.sweep_withdrawals",
    "payments.tasks.submit_refund": "payments.tasks.sweep_refunds",
    "payments.tasks.submit_transfer": "payments.tasks.sweep_transfers",
    "payments.tasks.submit_reversal": "payments.tasks.sweep_reversals",
}
CELLS = [(scene, point) for scene in SCENES for point in scene.points]
# Without the banks that answer ten minutes later: real workers live by the real clock.
PROMPT = [(scene, point) for scene, point in CELLS if not scene.name.endswith(" late")]
POINTS = sorted({point for _, point in CELLS})
A_DAY_AND_MORE = timedelta(hours=25)  # the bank has forgotten our idempotency keys


class Bench:
    """A nursery, a bank and the ends of undisturbed runs."""

    def __init__(self, stripe: StripeDouble, workers: Nursery) -> None:
        self.stripe, self.workers = stripe, workers
        self.cast = Cast(stripe, make_user("Bruno"), make_seller("Selma"))
        self.server: OwnServer | None = None
        self._ends: dict[tuple[str, bool], Outcome] = {}

    def undisturbed(self, scene: Scene, *, late: bool) -> Outcome:
        """How it ends when nobody dies; `late`: when the first worker comes only after a day."""
        if (scene.name, late) not in self._ends:
            self._ends[scene.name, late] = self.cell(scene, "", "", webhooks=True, down=A_DAY_AND_MORE * late)
        return self._ends[scene.name, late]

    def cell(
        self, scene: Scene, point: str, kill: str, *, webhooks: bool, down: timedelta, second: str = ""
    ) -> Outcome:
        """Die once, perhaps a second time in the sweep that follows, and recover. How it ends."""
        ready = scene.build(self.cast)
        pid = self.server.pid if self.server and kill == "server" else 0
        end = self.workers.run(ready.task, ready.row_id, point=point, kill=kill, server=pid)
        if pid and self.server:
            self.server.start()
        if point:
            assert end.ended == "killed" or "terminated" in end.what, f"{point} was not passed: {end}"
        clock.shift(clock.offset() + down)
        if second:
            clock.shift(clock.offset() + timedelta(minutes=5))
            self.workers.run(SWEEP_OF[ready.task], 0, point=second, kill="child")
        self.sweeps = recover(self.stripe, ready.order, webhooks=webhooks)
        compare_with_stripe(self.stripe, ready.order)
        return outcome_of(ready.order.pk)


@pytest.fixture
def served(stripe: StripeDouble) -> Iterator[str]:
    """The test's simulator, behind HTTP for the workers."""
    page = HostedPage(simulator=stripe.simulator, merchant="Milepost")
    control = Control(simulator=stripe.simulator, courier=None)
    server = SimulatorServer(("127.0.0.1", 0), simulator=stripe.simulator, page=page, control=control)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bench(transactional_db: None, stripe: StripeDouble, served: str, tmp_path: Path) -> Iterator[Bench]:
    with quiet(), movable_clock(), nursery(served, tmp_path / "log") as workers:
        yield Bench(stripe, workers)
    arm(None)


def without_attempts(outcome: Outcome) -> Outcome:
    """The same story, however many keys it took."""
    return (*outcome[:ATTEMPTS], *outcome[ATTEMPTS + 1 :])


def _prove(
    proof: Proof, bench: Bench, name: str, scene: Scene, point: str, kill: str, *, down: timedelta = timedelta(),
    second: str = "", webhooks: bool = True,
) -> None:  # fmt: skip
    if not proof.wants(name):
        return
    with proof.case(name):
        expected = bench.undisturbed(scene, late=bool(down))
        ended = bench.cell(scene, point, kill, webhooks=webhooks, down=down, second=second)
        if down:  # the forgotten key was given up for a new one
            ended, expected = without_attempts(ended), without_attempts(expected)
        assert ended == expected, f"{ended} instead of {expected}"
        proof.count(sweeps=bench.sweeps)
    proof.cover("points", point, total=len(POINTS))
    proof.cover("cells", f"{scene.name} {point} {kill} {bool(down)}")
    proof.log(name)


def test_a_worker_killed_at_every_step(bench: Bench, proof: Proof) -> None:
    cells = proof.options.choose(ci=len(CELLS) // 5, release=len(CELLS))
    for number in proof.mine(cells):
        scene, point = CELLS[number * len(CELLS) // cells]
        for turn in range(proof.options.choose(ci=1, release=3)):
            _prove(proof, bench, f"c{number:03}-{turn}", scene, point, "child", webhooks=turn % 2 == 0)
            proof.count(cells=1, killed=1)
    assert violations() == []


def test_a_connection_ended_at_every_step(bench: Bench, proof: Proof) -> None:
    for number in proof.mine(proof.options.choose(ci=2, release=len(CELLS))):
        scene, point = CELLS[number * len(CELLS) // proof.options.choose(ci=2, release=len(CELLS))]
        for turn in range(proof.options.choose(ci=1, release=2)):
            _prove(proof, bench, f"b{number:03}-{turn}", scene, point, "backend", webhooks=turn % 2 == 0)
            proof.count(cells=1, terminated=1)
    assert violations() == []


def test_a_day_later_when_the_bank_has_forgotten_the_keys(bench: Bench, proof: Proof) -> None:
    for number in proof.mine(proof.options.choose(ci=2, release=len(CELLS))):
        scene, point = CELLS[number * len(CELLS) // proof.options.choose(ci=2, release=len(CELLS))]
        _prove(proof, bench, f"d{number:03}", scene, point, "child", down=A_DAY_AND_MORE, webhooks=False)
        proof.count(cells=1, killed=1, a_day_later=1)
    assert violations() == []


def test_a_second_death_while_recovering(bench: Bench, proof: Proof) -> None:
    for number in proof.mine(proof.options.choose(ci=2, release=220)):
        name = f"x{number:03}"
        dice = random.Random(f"{proof.options.seed}:{name}")
        scene = dice.choice(SCENES)
        point, second = dice.choice(scene.points), dice.choice(scene.points)
        _prove(proof, bench, name, scene, point, "child", second=second, webhooks=False)
        proof.count(double_crashes=1, killed=2)
    assert violations() == []


def test_the_database_server_killed_at_every_step(
    transactional_db: None, stripe: StripeDouble, served: str, proof: Proof, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A server of its own with fsync on; it is killed when a worker reaches the point, and started again."""
    cells = proof.options.choose(ci=1, release=len(CELLS))
    if not (mine := list(proof.mine(cells))):
        return
    folder, sockets = tmp_path_factory.mktemp("pg"), tmp_path_factory.mktemp("s")
    with quiet(), movable_clock(), own_database(folder, sockets) as server, nursery(served, folder / "log") as workers:
        bench = Bench(stripe, workers)
        bench.server = server
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            assert cursor.fetchone() == ("on", "on")
        for number in mine:
            scene, point = CELLS[number * len(CELLS) // cells]
            _prove(proof, bench, f"p{number:03}", scene, point, "server", webhooks=number % 2 == 0)
            proof.count(cells=1, servers_killed=1)
        assert violations() == []


def test_the_whole_worker_and_the_broker_killed(
    transactional_db: None, stripe: StripeDouble, served: str, proof: Proof, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Real Celery workers, beat and Valkey: the worker dies at the point, the broker is killed and wiped after it."""
    cells = proof.options.choose(ci=1, release=len(PROMPT))
    with quiet(), movable_clock():
        cast = Cast(stripe, make_user("Bruno"), make_seller("Selma"))
        for number in proof.mine(cells):
            scene, point = PROMPT[number * len(PROMPT) // cells]
            if proof.wants(name := f"w{number:03}"):
                with proof.case(name):
                    folder, sockets = tmp_path_factory.mktemp("w"), tmp_path_factory.mktemp("s")
                    ready = scene.build(cast)
                    kill_worker_and_broker(ready, point, folder=folder, sockets=sockets, stripe_url=served)
                    compare_with_stripe(stripe, ready.order)
                proof.cover("points", point, total=len(POINTS))
                proof.count(cells=1, killed=2, brokers_wiped=1)
                proof.log(name)
        assert violations() == []


def kill_worker_and_broker(ready: Ready, point: str, *, folder: Path, sockets: Path, stripe_url: str) -> None:
    """The order's money must be at rest after a new worker and a beat have had their time."""
    engine, mark = Engine(folder, sockets, stripe_url), folder / "killed"
    with engine.stack:
        armed = {"CRASH_POINT": point, "CRASH_MARK": str(mark)}
        engine.start(workers=1, beats=0, app="tests.prove.crashes.armed", env=armed)
        Celery(broker=engine.valkey.url).send_task(ready.task, [ready.row_id])
        engine.wait(mark.exists, f"passing {point}")
        engine.wipe()
        clock.shift(clock.offset() + LEASE + timedelta(hours=1))
        engine.start(workers=1, beats=1)
        engine.wait(lambda: at_rest(ready.order), "coming to rest")
