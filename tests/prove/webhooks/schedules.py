"""When each event arrives, how often, and in what company: drawn by lot, or orderly."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from marketplace.kernel import clock
from payments.models import WebhookEvent
from payments.services.receiving import process_event
from payments.simulator.wire import Json
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.webhooks.posting import Postman

THREE_DAYS = 3 * 86_400
DROPS = (0.0, 0.1, 0.3, 0.5, 0.8, 1.0)


class Schedule(Protocol):
    def deliver(self) -> int:
        """Let what is due now arrive; how much it was."""


class Orderly:
    """Each event once, in the order in which it happened."""

    def __init__(self, stripe: StripeDouble, postman: Postman) -> None:
        self._stripe, self._postman, self._seen = stripe, postman, 0

    def deliver(self) -> int:
        self._stripe.simulator.let_time_act()
        events = self._stripe.objects("event")
        for event in events[self._seen :]:
            self._postman.post(event)
        came, self._seen = len(events) - self._seen, len(events)
        return came


@dataclass(frozen=True)
class Habits:
    """How bad it is: the share that is lost, how often one comes, how late, and from how many sides at once."""

    drop: float
    copies: int
    longest: int
    threads: int

    @classmethod
    def drawn(cls, rng: random.Random, *, threads: int) -> "Habits":
        return cls(
            drop=rng.choice(DROPS),
            copies=rng.choice((1, 2, 3, 10)),
            longest=rng.choice((0, 60, 3600, 86_400, THREE_DAYS)),
            threads=threads,
        )


@dataclass
class Chaotic:
    stripe: StripeDouble
    postman: Postman
    rng: random.Random
    habits: Habits
    seen: int = 0
    waiting: list[tuple[datetime, Json]] = field(default_factory=list)

    def deliver(self) -> int:
        self.stripe.simulator.let_time_act()
        events = self.stripe.objects("event")
        for event in events[self.seen :]:
            self._draw(event)
        self.seen = len(events)
        now = clock.now()
        due = [event for at, event in self.waiting if at <= now]
        self.waiting = [(at, event) for at, event in self.waiting if at > now]
        self.rng.shuffle(due)
        if self.habits.threads > 1 and len(due) > 1:
            self.postman.post_at_once(due, threads=self.habits.threads, then=self._processing())
        else:
            for event in due:
                self.postman.post(event)
        return len(due)

    def _draw(self, event: Json) -> None:
        if self.rng.random() < self.habits.drop:
            return
        for _ in range(self.rng.randint(1, self.habits.copies)):
            wait = timedelta(seconds=self.rng.choice((0, self.rng.randint(0, self.habits.longest))))
            self.waiting.append((clock.now() + wait, event))

    def _processing(self) -> Callable[[], None]:
        """Each thread then works as a worker that was nudged: all stored events, in an order of its own."""
        seed = self.rng.random()

        def process() -> None:
            ids = list(WebhookEvent.objects.filter(state__in=["received", "orphan"]).values_list("pk", flat=True))
            random.Random(seed).shuffle(ids)
            for event_id in ids:
                process_event(event_id=event_id)

        return process
