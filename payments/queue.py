"""Asking a worker to look at a row now. The row is the work; the sweep finds it when the nudge is lost."""

from functools import partial

from celery import current_app
from django.db import transaction

from marketplace.web.nudges import nudge


def nudge_on_commit(task: str, row_id: int) -> None:
    """After the caller's transaction commits, nudge `payments.tasks.<task>` for one row."""
    transaction.on_commit(partial(_nudge, f"payments.tasks.{task}", row_id))


def _nudge(task: str, row_id: int) -> None:
    nudge(current_app.tasks[task], row_id)
