"""A child process: started with a name, stopped politely, and gone when we are, even after `kill -9`."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from marketplace.local import console
from marketplace.local.errors import LocalError
from marketplace.local.folders import REPOSITORY

POLL_SECONDS = 0.05
LAUNCHER = Path(__file__).with_name("launch.py")

Command = Sequence[str | Path]


def launched(command: Command, *, stop_signal: signal.Signals, identity: str = "ourselves") -> list[str]:
    """`command` such that it runs as `identity` and gets `stop_signal` when this process ends, however it ends.

    It must be started from the main thread: when another thread ends, Linux takes that for its parent's end.
    """
    before = [sys.executable, "-I", "-S", LAUNCHER, str(int(stop_signal)), str(os.getpid()), identity]
    return [str(word) for word in [*before, *command]]


class Child:
    """One program of the stack, in a session of its own so that Ctrl-C reaches only the supervisor."""

    def __init__(
        self,
        name: str,
        command: Command,
        *,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        grace: float = 10,
        identity: str = "ourselves",
        log: Path | None = None,
    ) -> None:
        """`grace` is in seconds. Output goes to `log` if given, else to the terminal line by line."""
        self.name, self.stop_signal, self.grace = name, stop_signal, grace
        output = log.open("ab") if log else None
        self.process = subprocess.Popen(
            launched(command, stop_signal=stop_signal, identity=identity),
            cwd=REPOSITORY,
            env={**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if output:
            output.close()
        elif self.process.stdout:
            threading.Thread(target=console.relay, args=(name, self.process.stdout), daemon=True).start()

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def code(self) -> int | None:
        return self.process.returncode

    def stop(self) -> None:
        """Ask it to end, wait, then insist."""
        if self.ended:
            return
        os.kill(self.process.pid, self.stop_signal)
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            console.say(f"{self.name} did not stop in {self.grace:g} s and was killed.")
            self.kill()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait_until(
    ready: Callable[[], bool], child: Child, *, seconds: float = 30, check: Callable[[], None] | None = None
) -> None:
    """Wait for `ready()`, as long as the child lives; `check` may raise to give up."""
    end = time.monotonic() + seconds
    while not ready():
        if check:
            check()
        if child.ended:
            raise LocalError(f"{child.name} ended with {child.code} before it was ready; its messages are above.")
        if time.monotonic() > end:
            raise LocalError(f"{child.name} was not ready after {seconds:g} s.")
        time.sleep(POLL_SECONDS)
