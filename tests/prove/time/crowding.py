"""So many orders due in the same second: two workers sweep them at once, in batches, each exactly once."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from accounts.models import User
from orders import tasks
from orders.models import Milestone, Order, TimelineEntry
from payments.invariants import violations
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.time.cloning import clone
from tests.scenarios.story import Story

WORKERS = 2


@dataclass
class Crowd:
    orders: int
    sweeps: int = 0
    queries: int = 0
    problems: list[str] = field(default_factory=list)


def crowd_of(stripe: StripeDouble, buyer: User, seller: User, *, orders: int) -> Order:
    """Delivered orders whose review ends within one second, a while ago."""
    story = Story(stripe, buyer, seller, prices=[60_00])
    story.pay()
    story.deliver()
    clone(story.order, orders - 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_milestone SET review_deadline = date_trunc('minute', clock_timestamp())"
            " - interval '1 minute' + (id % 1000000) * interval '1 microsecond' WHERE state = 'delivered'"
        )
    return story.order


def sweep_until_done(crowd: Crowd, *, most: int) -> None:
    """As the beat would: a sweep for each worker, and again while something is due."""
    while crowd.sweeps < most and Milestone.objects.filter(state="delivered").exists():
        crowd.sweeps += 1
        workers = [threading.Thread(target=_sweep, args=(crowd,)) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


def _sweep(crowd: Crowd) -> None:
    asked: list[None] = []
    try:
        with connection.execute_wrapper(_counting(asked)):
            tasks.lapse_reviews()
    except Exception as error:  # noqa: BLE001 (whatever it is, it is a finding)
        crowd.problems.append(f"{type(error).__name__}: {error}"[:300])
    finally:
        crowd.queries += len(asked)
        connection.close()


def what_is_wrong(crowd: Crowd) -> list[str]:
    """0 early, 0 double, 0 left; and the books agree."""
    done = TimelineEntry.objects.filter(name="lapse_review")
    wrong = list(crowd.problems)
    if (count := done.count()) != crowd.orders:
        wrong.append(f"{count} lapses of {crowd.orders} orders")
    if (different := done.values("order").distinct().count()) != count:
        wrong.append(f"{count - different} orders lapsed twice")
    if (left := Order.objects.exclude(state="completed").count()) > 0:
        wrong.append(f"{left} orders are left")
    return wrong + [f"{each.invariant.name}: {each.rows[:3]}" for each in violations()]


def _counting(asked: list[None]) -> Callable[..., object]:
    def wrapper(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        asked.append(None)
        return execute(sql, params, many, context)

    return wrapper
