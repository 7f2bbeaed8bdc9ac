"""Two or three acts on one order at one instant, each on a connection of its own."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.db import connection, connections

from orders.models import Order
from orders.services import door
from payments.services import moving

Call = Callable[[], object]
PATIENCE = 20.0  # seconds after which a trial counts as stuck
# "facts" is after the lock, where what the lock protects has been read.
LOCKS = {"order": (door, "lock_order"), "charge": (moving, "lock_charge"), "facts": (door, "read_facts")}


def meet(*acts: Call) -> list[BaseException | None]:
    """Run all in threads that start together; what each raised, None for what went through."""
    barrier = threading.Barrier(len(acts))

    def at_the_barrier(act: Call) -> Call:
        def run() -> object:
            barrier.wait(PATIENCE)
            return act()

        return run

    return _join([_Runner(at_the_barrier(act)) for act in acts])


def force(first: Call, second: Call, *, lock: str, held: bool) -> list[BaseException | None]:
    """`first` comes to `lock` and waits there, before it or `held` just after, until `second` is done or blocked.

    So `second` overtakes it, or runs into its lock: both orders of every lock point are forced, not hoped for.
    """
    there, go_on = threading.Event(), threading.Event()
    ahead = _Runner(first)
    with _stopping_at(lock, ahead, there, go_on, held=held):
        ahead.start()
        while not there.wait(0.002) and ahead.is_alive():
            pass
        behind = _Runner(second)
        behind.start()
        while behind.is_alive() and not _is_blocked(behind):
            behind.join(0.002)
        go_on.set()
        ahead.join(PATIENCE)
        behind.join(PATIENCE)
    return [_result(ahead), _result(behind)]


class _Runner(threading.Thread):
    """An act on its own connection."""

    def __init__(self, act: Call) -> None:
        super().__init__(daemon=True)
        self.act, self.backend = act, 0
        self.raised: BaseException | None = None

    def run(self) -> None:
        try:
            connection.ensure_connection()
            self.backend = connection.connection.info.backend_pid
            self.act()
        except Exception as error:  # noqa: BLE001 what a thread raises would be lost
            self.raised = error
        finally:
            connections.close_all()


def _join(runners: list[_Runner]) -> list[BaseException | None]:
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(PATIENCE)
    return [_result(runner) for runner in runners]


def _result(runner: _Runner) -> BaseException | None:
    return TimeoutError("the trial is stuck") if runner.is_alive() else runner.raised


def _is_blocked(runner: _Runner) -> bool:
    """Does PostgreSQL say that it waits for somebody's lock?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [runner.backend])
        return bool(cursor.fetchone()[0])


@contextmanager
def _stopping_at(
    lock: str, runner: _Runner, there: threading.Event, go_on: threading.Event, *, held: bool
) -> Iterator[None]:
    module, name = LOCKS[lock]
    take = getattr(module, name)

    def stop() -> None:
        if threading.current_thread() is runner and not there.is_set():
            there.set()
            go_on.wait(PATIENCE)

    def stopping(*args: object, **kwargs: object) -> object:
        if not held:
            stop()
        taken = take(*args, **kwargs)
        if held:
            stop()
        return taken

    with _everywhere(name, take, stopping):
        yield


@contextmanager
def _everywhere(name: str, old: object, new: object) -> Iterator[None]:
    """Replace a function in every module that imported it by name."""
    homes = [
        module
        for label, module in list(sys.modules.items())
        if label.startswith(("orders.", "payments.", "support.")) and getattr(module, name, None) is old
    ]
    patches = [patch.object(module, name, new) for module in homes]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


@contextmanager
def unlocked() -> Iterator[None]:
    """No lock on the order at all: what the trials must notice."""

    def read(order_id: int) -> Order:
        return Order.objects.select_related("plan", "policy", "buyer", "seller").get(pk=order_id)

    with _everywhere("lock_order", door.lock_order, read):
        yield
