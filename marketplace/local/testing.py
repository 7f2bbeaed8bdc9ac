"""`make test`: the test suite against throw-away servers, which end with it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from marketplace.local.chromium import chromium_or_none
from marketplace.local.folders import REPOSITORY, Folders
from marketplace.local.identity import forget_reachable_home
from marketplace.local.servers import PostgreSQL, Valkey

WORKERS = "2"
SHARING = ("--dist", "worksteal")  # the slow stories come last: whoever is done takes over what the other has left


@contextmanager
def throwaway_servers() -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL of servers that live as long as the block; those that are set already are used."""
    env = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    with ExitStack() as stack:
        folders = Folders(
            Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="milepost-", ignore_cleanup_errors=True)))
        )
        log = folders.data / "servers.log"
        stack.callback(forget_reachable_home, folders.data)
        stack.callback(folders.remove_sockets)
        if "DATABASE_URL" not in env:
            postgres = PostgreSQL(folders.data, folders.sockets(), throwaway=True)
            stack.callback(postgres.start(log=log).stop)
            env["DATABASE_URL"] = postgres.url
        if "REDIS_URL" not in env:
            valkey = Valkey(folders.sub("valkey"), folders.sockets())
            stack.callback(valkey.start(log=log).stop)
            env["REDIS_URL"] = valkey.url
        yield env


def leave_it_to_pytest(_number: int, _frame: FrameType | None) -> None:
    """Ctrl-C reaches pytest too. (An ignored signal would stay ignored in it.)"""


def run_tests(arguments: Sequence[str]) -> int:
    """pytest's exit code; the servers are stopped after it, however it ends."""
    with throwaway_servers() as env:
        env |= {"SECRET_KEY": "only-for-tests", "DEMO": "1", "CHROME_PATH": chromium_or_none() or ""}
        parallel = [] if "-n" in arguments else ["-n", WORKERS, *SHARING]
        signal.signal(signal.SIGINT, leave_it_to_pytest)
        command = [sys.executable, "-m", "pytest", *parallel, *arguments]
        return subprocess.run(command, env={**os.environ, **env}, cwd=REPOSITORY, check=False).returncode
