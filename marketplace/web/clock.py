"""The database's clock, so that every process decides deadlines by the same one."""

from datetime import datetime

from django.db import connection

from marketplace.kernel import clock


def database_now() -> datetime:
    """`clock_timestamp()` of PostgreSQL in UTC, plus the test shift: the true time, also inside a long transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (instant,) = cursor.fetchone()
    moment: datetime = instant
    return moment + clock.offset()
