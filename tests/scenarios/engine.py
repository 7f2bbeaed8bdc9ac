"""A broker, workers and beats as real processes, on a test's own database and simulated Stripe."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from marketplace.kernel import clock
from marketplace.local.processes import Child
from marketplace.local.servers import Valkey

PATIENCE = 60  # seconds until a test gives up waiting for a condition
CELERY = (sys.executable, "-m", "celery", "--quiet", "-A")
WORKER = ("worker", "--concurrency", "1", "--without-mingle", "--without-gossip", "--loglevel", "WARNING")


class Engine:
    """A broker, workers and beats on the test's own database, talking to the test's own simulator over HTTP."""

    def __init__(self, folder: Path, sockets: Path, stripe_url: str) -> None:
        self.folder, self.valkey = folder, Valkey(folder / "valkey", sockets)
        self.stripe_url = stripe_url
        self.stack = ExitStack()
        self.broker = self.valkey.start(log=folder / "log")
        self.stack.callback(lambda: self.broker.stop())

    def start(self, *, workers: int, beats: int, app: str = "marketplace", env: dict[str, str] | None = None) -> None:
        """`app` is the Celery app's module; `env` is added to what the stack needs."""
        database = connection.settings_dict
        env = (env or {}) | {
            "DATABASE_URL": f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}",
            "REDIS_URL": self.valkey.url,
            "SECRET_KEY": "only-for-tests",
            "DEMO": "1",
            "SWEEP_SECONDS": "1",
            "CLOCK_OFFSET": str(int(clock.offset().total_seconds())),
            "STRIPE_SECRET_KEY": "sk_test_simulator",
            "STRIPE_API_BASE": self.stripe_url,
            "STRIPE_WEBHOOK_SECRETS": "whsec_test",
            "EMAIL_URL": "dummymail://",
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        }
        commands: list[tuple[str, tuple[str, ...]]] = [
            (f"worker{n}", (*CELERY, app, *WORKER, "-n", f"w{n}@%h")) for n in range(workers)
        ]
        commands += [
            (f"beat{n}", (*CELERY, "marketplace", "beat", "--pidfile=", "--schedule", str(self.folder / f"beat{n}")))
            for n in range(beats)
        ]
        for name, command in commands:
            child = Child(name, command, env=env, log=self.folder / "log", grace=15)
            self.stack.callback(child.stop)

    def wipe(self) -> None:
        """Everything in the broker is lost, and the broker is killed and started anew."""
        with closing(redis.Redis(unix_socket_path=str(self.valkey.socket))) as client:
            client.flushall()
        self.broker.kill()
        (self.valkey.folder / "dump.rdb").unlink(missing_ok=True)
        self.broker = self.valkey.start(log=self.folder / "log")

    def wait(self, reached: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not reached():
            if time.monotonic() > end:
                pytest.fail(f"{what} did not happen in {PATIENCE} s:\n{(self.folder / 'log').read_text()[-4000:]}")
            time.sleep(0.1)  # between two looks at a condition
