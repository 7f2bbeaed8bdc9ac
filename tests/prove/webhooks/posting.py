"""Stripe's side of the wire: events signed as they are posted, and what the endpoint did in the request itself."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from marketplace.kernel import clock
from payments.simulator.webhooks import sign
from payments.simulator.wire import Json
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.writes import noting_writes

_own = threading.local()


@dataclass
class Posted:
    """What was counted; shared by all threads."""

    deliveries: int = 0
    acks: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def slowest(self, share: float = 0.99) -> float:
        ordered = sorted(self.acks)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Postman:
    """Posts events to the endpoints; complains of an answer that isn't 200 and of work done before it."""

    def __init__(self, stripe: StripeDouble, posted: Posted) -> None:
        self._stripe, self.posted = stripe, posted

    def post(self, event: Json) -> None:
        body = json.dumps(event, indent=2).encode()
        connect = bool(event.get("account"))
        secrets = settings.STRIPE_CONNECT_WEBHOOK_SECRETS if connect else settings.STRIPE_WEBHOOK_SECRETS
        header = sign(body, secret=secrets[0], at=int(clock.now().timestamp()))
        written: list[str] = []
        asked = len(self._stripe.adapter.exchanges)
        began = time.perf_counter()
        with connection.execute_wrapper(noting_writes(written, but="payments_webhookevent")):
            status = send(body, header, endpoint="stripe_connect_webhook" if connect else "stripe_webhook")
        took = time.perf_counter() - began
        problems = [] if status == 200 else [f"{event['type']} answered with {status}"]
        if written:
            problems.append(f"{event['type']} was processed in the request: {written[0][:80]}")
        if len(self._stripe.adapter.exchanges) > asked and threading.current_thread() is threading.main_thread():
            problems.append(f"{event['type']} asked Stripe in the request")
        with self.posted.lock:
            self.posted.deliveries += 1
            self.posted.acks.append(took)
            self.posted.problems += problems

    def post_at_once(self, events: Sequence[Json], *, threads: int, then: Callable[[], None]) -> None:
        """From several threads, each with a connection of its own; `then` is what each does after its share."""
        barrier = threading.Barrier(threads)

        def work(share: Sequence[Json]) -> None:
            try:
                barrier.wait()
                for event in share:
                    self.post(event)
                then()
            except Exception as error:  # noqa: BLE001 (whatever it is, it is a finding)
                with self.posted.lock:
                    self.posted.problems.append(f"{type(error).__name__} in a thread: {error}"[:300])
            finally:
                connection.close()

        workers = [threading.Thread(target=work, args=(events[n::threads],)) for n in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


def send(
    body: bytes, header: str | None, *, content_type: str = "application/json", endpoint: str = "stripe_webhook"
) -> int:
    headers = {} if header is None else {"stripe-signature": header}
    address = reverse(f"payments:{endpoint}")
    return _client().post(address, data=body, content_type=content_type, headers=headers).status_code


def _client() -> Client:
    """One per thread: making one loads all middleware."""
    if not hasattr(_own, "client"):
        _own.client = Client(enforce_csrf_checks=True)
    client: Client = _own.client
    return client
