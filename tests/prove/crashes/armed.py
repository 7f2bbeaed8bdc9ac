"""The Celery app of a worker that is killed whole, parent and child, at CRASH_POINT; once, as CRASH_MARK shows."""

import os
import signal
from pathlib import Path

from celery.signals import worker_process_init

from marketplace.celery import app

__all__ = ["app"]


@worker_process_init.connect
def arm(**_: object) -> None:
    """In each child, which does the work."""
    from payments import crash_points

    def reached(name: str) -> None:
        if name == os.environ["CRASH_POINT"]:
            Path(os.environ["CRASH_MARK"]).touch(exist_ok=False)
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    crash_points.arm(reached)
