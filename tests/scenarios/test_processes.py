"""Beat and workers as real processes, with a real broker that may be wiped: the outcome never changes."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from accounts.models import User
from marketplace.kernel import clock
from marketplace.local.processes import Child
from marketplace.local.servers import Valkey
from notifications.models import Notification
from payments.simulator.control import Control
from payments.simulator.endpoints import SimulatorServer
from payments.simulator.hosted_page import HostedPage
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, movable_clock, travel

PATIENCE = 60  # seconds until a test gives up waiting for a condition
CELERY = (sys.executable, "-m", "celery", "-A", "marketplace", "--quiet")
WORKER = ("worker", "--concurrency", "1", "--without-mingle", "--without-gossip", "--loglevel", "WARNING")


class Engine:
    """A broker, workers and beats on the test's own database, talking to the test's own simulator over HTTP."""

    def __init__(self, folder: Path, sockets: Path, stripe_url: str) -> None:
        self.folder, self.valkey = folder, Valkey(folder / "valkey", sockets)
        self.stripe_url = stripe_url
        self.stack = ExitStack()
        self.broker = self.valkey.start(log=folder / "log")
        self.stack.callback(lambda: self.broker.stop())

    def start(self, *, workers: int, beats: int) -> None:
        database = connection.settings_dict
        env = {
            "DATABASE_URL": f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}",
            "REDIS_URL": self.valkey.url,
            "SECRET_KEY": "only-for-tests",
            "DEMO": "1",
            "SWEEP_SECONDS": "1",
            "CLOCK_OFFSET": str(int(clock.offset().total_seconds())),
            "STRIPE_SECRET_KEY": "sk_test_simulator",
            "STRIPE_API_BASE": self.stripe_url,
            "STRIPE_WEBHOOK_SECRETS": "whsec_test",
            "EMAIL_URL": "dummymail://",
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        }
        commands: list[tuple[str, tuple[str, ...]]] = [
            (f"worker{n}", (*CELERY, *WORKER, "-n", f"w{n}@%h")) for n in range(workers)
        ]
        commands += [
            (f"beat{n}", (*CELERY, "beat", "--pidfile=", "--schedule", str(self.folder / f"beat{n}")))
            for n in range(beats)
        ]
        for name, command in commands:
            child = Child(name, command, env=env, log=self.folder / "log", grace=15)
            self.stack.callback(child.stop)

    def wipe(self) -> None:
        """Everything in the broker is lost, and the broker is killed and started anew."""
        with closing(redis.Redis(unix_socket_path=str(self.valkey.socket))) as client:
            client.flushall()
        self.broker.kill()
        (self.valkey.folder / "dump.rdb").unlink(missing_ok=True)
        self.broker = self.valkey.start(log=self.folder / "log")

    def wait(self, reached: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not reached():
            if time.monotonic() > end:
                pytest.fail(f"{what} did not happen in {PATIENCE} s:\n{(self.folder / 'log').read_text()[-4000:]}")
            time.sleep(0.1)  # between two looks at a condition


@pytest.fixture
def served_stripe(stripe: StripeDouble) -> Iterator[str]:
    """The test's simulator, also behind HTTP for other processes."""
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
def engine(
    transactional_db: None, served_stripe: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    sockets = tmp_path_factory.mktemp("s")
    made = Engine(tmp_path, sockets, served_stripe)
    with movable_clock(), made.stack:
        yield made


def told(user: User, kind: str) -> int:
    return Notification.objects.filter(recipient=user, kind=kind, email_state="sent").count()


def test_r_ord_8_beat_and_a_worker_complete_the_lapsed_order_charge_nothing_and_tell_both(
    engine: Engine, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    story.pay()
    story.deliver()
    travel(days=8, seconds=1)
    engine.start(workers=1, beats=1)
    engine.wait(lambda: story.order.state == "completed", "the lapse")
    engine.wait(lambda: told(buyer, "review_lapsed") + told(seller, "review_lapsed") == 2, "the mails")
    story.expect_order("completed", "review_lapsed", "accepted", "not_started")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    assert story.charged_at_stripe == 63_00


def test_a_wiped_broker_two_beats_and_three_workers_change_no_outcome(
    engine: Engine, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
    story.pay()
    story.deliver()
    engine.start(workers=3, beats=2)
    story.accept_and_continue(settle=False)
    engine.wipe()
    engine.wait(lambda: story.order.state == "active", "the second charge")
    story.deliver()
    engine.wipe()
    story.accept_and_continue(settle=False)
    engine.wait(lambda: story.order.state == "active", "the third charge")
    story.deliver()
    story.accept_and_finish()
    engine.wait(lambda: told(seller, "order_finished") == 1, "the last mail")
    story.expect_order("completed", "finished", "accepted", "accepted", "accepted")
    story.expect(captured=252_00, released=216_00, commission=24_00, fees=12_00)
    assert story.charged_at_stripe == 252_00
    assert [intent["status"] for intent in stripe.objects("payment_intent")].count("succeeded") == 3
    assert told(buyer, "milestone_begun") == 2
