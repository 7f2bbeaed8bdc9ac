"""Beat and workers as real processes, with a real broker that may be wiped: the outcome never changes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import celery
import pytest
from kombu.exceptions import OperationalError

from accounts.models import User
from notifications.models import Notification
from payments.simulator.control import Control
from payments.simulator.endpoints import SimulatorServer
from payments.simulator.hosted_page import HostedPage
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.engine import Engine
from tests.scenarios.story import Story, movable_clock, sweep_payments, travel


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
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, held=80_00, fee_held=4_00)
    story.deliver()
    engine.wipe()
    story.accept_and_continue(settle=False)
    engine.wait(lambda: story.order.state == "active", "the third charge")
    story.expect(captured=252_00, released=126_00, commission=14_00, fees=7_00, held=100_00, fee_held=5_00)
    story.deliver()
    story.accept_and_finish()
    engine.wait(lambda: told(seller, "order_finished") == 1, "the last mail")
    story.expect_order("completed", "finished", "accepted", "accepted", "accepted")
    story.expect(captured=252_00, released=216_00, commission=24_00, fees=12_00)
    assert story.charged_at_stripe == 252_00
    assert [intent["status"] for intent in stripe.objects("payment_intent")].count("succeeded") == 3
    assert told(buyer, "milestone_begun") == 2


@pytest.mark.django_db
def test_a_broker_that_is_down_at_each_commit_delays_the_charge_and_loses_nothing(
    stripe: StripeDouble,
    buyer: User,
    seller: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    refused: list[str] = []

    def refuse(task: "celery.Task[..., Any]", **_: object) -> None:
        refused.append(str(task.name))
        raise OperationalError("Connection refused")

    monkeypatch.setattr(celery.Task, "apply_async", refuse)
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    with django_capture_on_commit_callbacks(execute=True):
        story.pay()
        story.expect(captured=63_00, held=60_00, fee_held=3_00)
        story.deliver()
        story.accept_and_continue(settle=False)
    assert {"payments.tasks.process_event", "payments.tasks.submit_attempt"} <= set(refused)
    story.expect_order("awaiting_next_payment", "", "accepted", "charging")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    sweep_payments()
    story.expect_order("active", "", "accepted", "in_progress")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, held=80_00, fee_held=4_00)
    assert story.charged_at_stripe == 147_00
