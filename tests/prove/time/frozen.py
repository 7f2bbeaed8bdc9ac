"""The database's own clock, standing at an instant to the microsecond; and zones forced on machines and people."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from marketplace.kernel import clock

FROZEN = """
CREATE SCHEMA IF NOT EXISTS frozen;
CREATE OR REPLACE FUNCTION frozen.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
  AS $$ SELECT current_setting('frozen.now')::timestamptz $$;
"""


class Frozen:
    """PostgreSQL answers `clock_timestamp()` with `at`; Python's clock may be wrong by `skew` beside it."""

    def __init__(self) -> None:
        self.at, self.skew = datetime(2025, 12, 1, tzinfo=UTC), timedelta()

    def __call__(self) -> datetime:
        """What Python believes."""
        return self.at + self.skew

    def set(self, at: datetime) -> None:
        self.at = at
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('frozen.now', %s, false)", [at.isoformat()])


@contextmanager
def frozen_clock() -> Iterator[Frozen]:
    """On this connection. Undone at the end."""
    with connection.cursor() as cursor:
        cursor.execute(FROZEN)
        cursor.execute("SELECT current_setting('search_path')")
        (path,) = cursor.fetchone()
        cursor.execute("SELECT set_config('search_path', %s, false)", [f"frozen, pg_catalog, {path}"])
    frozen = Frozen()
    frozen.set(frozen.at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", frozen)
        try:
            yield frozen
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('search_path', %s, false)", [path])


@contextmanager
def everyone_in(zone: str, *users: User) -> Iterator[None]:
    """Database session, process, Django's active zone and the people: all in `zone`."""
    before, tz = connection.settings_dict.get("TIME_ZONE"), os.environ.get("TZ")
    User.objects.filter(pk__in=[user.pk for user in users]).update(timezone=zone)
    _session(zone)
    _process(zone)
    try:
        with timezone.override(zone):
            yield
    finally:
        _process(tz)
        _session(before)


def _session(zone: str | None) -> None:
    connection.settings_dict["TIME_ZONE"] = zone
    for name in ("timezone", "timezone_name"):
        vars(connection).pop(name, None)
    connection.ensure_timezone()


def _process(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back; services take the block for the test's own, as they do Django's."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
