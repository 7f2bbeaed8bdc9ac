"""Workers that die where a test wants them to."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from marketplace.kernel import clock

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class End:
    """`killed` at the point, `done` without having passed it, or `raised`."""

    ended: str
    what: str


class Nursery:
    """Asks the waiting process for workers, on this test's database and its simulated Stripe."""

    def __init__(self, stripe_url: str, log: Path) -> None:
        database = connection.settings_dict
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.prove.crashes.nursery"],
                cwd=ROOT,
                env={
                    "PATH": "/usr/bin:/bin",
                    "DATABASE_URL": f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}",
                    "REDIS_URL": "redis://127.0.0.1:1/0",  # nobody is there: the sweeps alone must do
                    "SECRET_KEY": "only-for-tests",
                    "DEMO": "1",
                    "STRIPE_SECRET_KEY": "sk_test_simulator",
                    "STRIPE_API_BASE": stripe_url,
                    "STRIPE_WEBHOOK_SECRETS": "whsec_test",
                    "MEDIA_ROOT": str(settings.MEDIA_ROOT),
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._line() == "ready\n"

    def run(self, task: str, row_id: int, *, point: str = "", kill: str = "", server: int = 0) -> End:
        """Let a worker do `task`; `kill` whom it says when `point` is reached."""
        request = {
            "task": task, "id": str(row_id), "point": point, "kill": kill,
            "offset": str(clock.offset().total_seconds()), "server": str(server),
        }  # fmt: skip
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return End(**json.loads(self._line()))

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the nursery has died"
        return line


@contextmanager
def nursery(stripe_url: str, log: Path) -> Iterator[Nursery]:
    made = Nursery(stripe_url, log)
    try:
        yield made
    finally:
        made.close()
