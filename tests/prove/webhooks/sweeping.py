"""What workers and the beat would do now, until there is nothing left to do."""

from datetime import timedelta

from django.db import connection

from marketplace.celery import HOURLY, SWEEPS, app
from marketplace.kernel import clock
from tests.scenarios.writes import noting_writes

MOST_ROUNDS = 8


_orders_swept_at: list[timedelta] = []  # by the shift of the clock


def work() -> None:
    """Each sweep of orders, once time has passed or news has come: a deadline that passed while the bank had the charge
    counts as soon as it is known that the bank says no. Those of payments, while one still finds something to write.
    """
    if _orders_swept_at != [clock.offset()]:
        _orders_swept_at[:] = [clock.offset()]
        _sweep_orders()
    for number in range(MOST_ROUNDS):
        written: list[str] = []
        with connection.execute_wrapper(noting_writes(written)):
            for name in SWEEPS:
                if name.startswith("payments."):
                    app.tasks[name]()
        if not written:
            return
        if number == 0:
            _sweep_orders()


def _sweep_orders() -> None:
    for name in SWEEPS:
        if name.startswith("orders."):
            app.tasks[name]()


def work_of_an_hour() -> None:
    """What the beat sends once an hour, then all the rest."""
    for name in HOURLY:
        if name.startswith("payments.") and "month" not in name:
            app.tasks[name]()
    work()
