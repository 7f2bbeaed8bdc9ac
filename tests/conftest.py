"""What every test has: the named cast, a broker that only records, private files, tables that can be flushed."""

import gc
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import celery
import pytest
import pytest_django
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings

from accounts.models import User
from tests.contract.holding import _held_to_contract, _overhear  # noqa: F401 every exchange with Stripe is looked at
from tests.factories.accounts import make_agent, make_seller, make_user
from tests.payments.simulator_fixtures import stripe  # noqa: F401 the fixture of every test about payments
from tests.prove.plugin import pytest_terminal_summary  # noqa: F401 the proofs' lines, also in a run of all tests

# Playwright's sync API keeps an event loop running in the test's thread, which Django would take for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

LONG = {"prove", "local", "scenarios"}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


# --- The process ------------------------------------------------------------------------------------------------------
def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not walk through it again, and what
    requests leave behind it need not look for after each few hundred objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the tests that flush the database, which pytest-django has put behind the others, the longest come first.

    So that two workers have short ones left to share at the end.
    """
    flushing = [item for item in items if _flushes(item)]
    if flushing:
        start = items.index(flushing[0])
        others = [item for item in items[start:] if not _flushes(item)]
        items[start:] = [*sorted(flushing, key=lambda item: item.path.parent.name not in LONG), *others]


def _flushes(item: pytest.Item) -> bool:
    asked = item.get_closest_marker("django_db")
    fixtures = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or bool(asked and asked.kwargs.get("transaction"))


# --- The cast ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def buyer(db: None) -> User:
    return make_user("Bruno Buyer", email="buyer@example.com")


@pytest.fixture
def seller(db: None) -> User:
    return make_seller("Selma Seller", email="seller@example.com")


@pytest.fixture
def stranger(db: None) -> User:
    """Someone with an account and no part in anything."""
    return make_user("Stig Stranger", email="stranger@example.com")


@pytest.fixture
def agent(db: None) -> User:
    """A support agent who may do everything that support may."""
    return make_agent("Agnes Agent", email="agent@example.com")


@pytest.fixture
def now() -> datetime:
    """An ordinary Monday morning, for services that take the time."""
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


# --- The broker -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Nudge:
    """A task that was sent to the broker, which in tests has no workers."""

    task: str
    args: tuple[Any, ...]


@pytest.fixture(autouse=True)
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[Nudge]:
    """Each task sent during the test, in order; none of them runs."""
    sent: list[Nudge] = []

    def record(task: "celery.Task[..., Any]", args: Sequence[Any] = (), *_: object, **__: object) -> None:
        sent.append(Nudge(str(task.name), tuple(args or ())))

    monkeypatch.setattr(celery.Task, "apply_async", record)
    return sent


# --- Settings ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session", autouse=True)
def _settings_for_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        WHITENOISE_AUTOREFRESH=True,  # else each client of each test lists all static files
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        STRIPE_SECRET_KEY="sk_test_no_such_key",
        STRIPE_WEBHOOK_SECRETS=["whsec_test"],
        STRIPE_CONNECT_WEBHOOK_SECRETS=["whsec_connect_test"],
    ):
        yield


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    cache.clear()


# --- The database -----------------------------------------------------------------------------------------------------
# Of the live server, for one: a thread waits for what more the browser asks for on the connection that it keeps.
END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
SEEDED = "seeded"  # the schema that keeps what migrations put into tables


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """The test database, with a copy of each row that migrations made (policies, content types, permissions)."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if table != "django_migrations"]
        cursor.execute(f"DROP SCHEMA IF EXISTS {SEEDED} CASCADE")  # of a run before, under --reuse-db
        cursor.execute(f"CREATE SCHEMA {SEEDED}")
        for table in tables:
            cursor.execute(f'CREATE TABLE {SEEDED}."{table}" AS TABLE public."{table}"')
            if cursor.rowcount == 0:
                cursor.execute(f'DROP TABLE {SEEDED}."{table}"')
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [SEEDED])
        seeded = [row[0] for row in cursor.fetchall()]

    def sql_flush(_self: DatabaseOperations, _style: object, flushed: list[str], **_: object) -> list[str]:
        """After a transactional test: delete past the triggers that rightly refuse it, then put the rows back.

        TRUNCATE, which Django would use, makes a new file for each table and index: twenty times as slow here. Like it,
        this waits for whoever is still writing.
        """
        names = [f'public."{table}"' for table in flushed]
        return [
            f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE",
            "SET LOCAL session_replication_role = replica",
            "; ".join(f"DELETE FROM {name}" for name in names),
            "; ".join(f'INSERT INTO public."{table}" SELECT * FROM {SEEDED}."{table}"' for table in seeded),
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # what has a session open can't be dropped
        cursor.execute(END_OTHERS)


# --- The browser ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.fail("No Chromium. `make test` fetches one; or install chromium, or set CHROME_PATH.")
    return {**browser_type_launch_args, "executable_path": chromium, "args": CHROMIUM_FLAGS}
