"""A nudge asks a worker to look at rows now instead of at the next sweep. Losing one only delays the work."""

import structlog
from celery import Task
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def nudge(task: "Task[..., None]", *args: int | str) -> None:
    """Send `task` to the broker; a broker that is down is logged, and the beat sweep finds the row instead."""
    try:
        task.apply_async(args=args, retry=False)
    except OperationalError:
        log.warning("nudge_lost", task=task.name)
