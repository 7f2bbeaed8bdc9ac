"""The order of locks in a step that moves the money of several milestones: charges first, then the books' accounts."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.scenarios.story import Story


def locks_of(act: Callable[[], object]) -> list[str]:
    """What `act` locked, in its order: "charges" for all of an order's, "charge", "accounts"."""
    with CaptureQueriesContext(connection) as captured:
        act()
    asked = [query["sql"] for query in captured if "FOR UPDATE" in query["sql"]]
    tables = [("payments_ledgeraccount", "accounts"), ("payments_charge", "charge")]
    found = [(next((name for table, name in tables if f'FROM "{table}"' in sql), ""), sql) for sql in asked]
    return ["charges" if name == "charge" and '"group" =' in sql else name for name, sql in found if name]


def test_every_charge_is_locked_before_the_books_of_the_first(delivered: Story) -> None:
    """Stopping after the second delivery accrues one charge and releases two: who refunds either meets it.

    Locked one by one, the second charge would be asked for with the accounts of the first locked: whoever refunds it
    holds it and asks for those, and the database throws one of the two out.
    """
    delivered.accept_and_continue()
    delivered.deliver()
    locks = locks_of(delivered.accept_and_stop)
    assert locks[0] == "charges"
    assert locks.count("charges") == 1
    assert locks.count("accounts") > 1
