"""A nudge asks a worker to look at rows now instead of at the next sweep. Losing one only delays the work."""

import structlog
from celery import Task
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def nudge(task: "Task[..., None] | str", *args: int | str) -> None:
    """Send `task` to the broker; a broker that is down is logged, and the beat sweep finds the row instead.

    Services, which stand below tasks, give the task's dotted name: `nudge("notifications.tasks.deliver_due")`.
    """
    found: Task[..., None] = import_string(task) if isinstance(task, str) else task
    try:
        found.apply_async(args=args, retry=False)
    except OperationalError:
        log.warning("nudge_lost", task=found.name)
