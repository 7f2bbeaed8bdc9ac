"""A child process: started with a name, stopped politely, and gone when we are, even after `kill -9`."""

import ctypes
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

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.05
libc = ctypes.CDLL(None, use_errno=True)

Command = Sequence[str | Path]


def die_with_parent(stop_signal: signal.Signals, parent: int) -> None:
    """Linux sends us `stop_signal` when the thread that started us ends, however it ends: start from the main one."""
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)


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
        become: Callable[[], None] | None = None,
        log: Path | None = None,
    ) -> None:
        """`grace` is in seconds. Output goes to `log` if given, else to the terminal line by line."""
        self.name, self.stop_signal, self.grace = name, stop_signal, grace
        parent = os.getpid()

        def before_exec() -> None:
            if become:
                become()
            die_with_parent(stop_signal, parent)  # last: changing uid would undo it

        output = log.open("ab") if log else None
        self.process = subprocess.Popen(
            [str(word) for word in command],
            cwd=REPOSITORY,
            env={**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=before_exec,
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
