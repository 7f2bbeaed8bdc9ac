"""Celery tasks may run late, twice, or in two workers at once, and none may be lost with the worker that held it."""

import inspect
from typing import Any

import pytest

from marketplace.celery import CHECKS, HOURLY, SWEEPS, app, beat_schedule

app.loader.import_default_modules()
OURS = {name: app.tasks[name] for name in sorted(app.tasks) if not name.startswith("celery.")}


def takes_nothing(task: Any) -> bool:
    return not inspect.signature(task.run).parameters


def test_every_scheduled_task_exists() -> None:
    assert set(app.conf.beat_schedule) <= set(OURS)


def test_every_task_without_arguments_is_scheduled() -> None:
    assert {name for name, task in OURS.items() if takes_nothing(task)} == {*SWEEPS, *HOURLY, *CHECKS}


@pytest.mark.parametrize("name", OURS)
def test_a_task_survives_its_worker(name: str) -> None:
    task = OURS[name]
    assert task.acks_late
    assert task.reject_on_worker_lost
    assert task.ignore_result
    assert task.time_limit is None or task.time_limit <= app.conf.task_time_limit


@pytest.mark.parametrize("name", OURS)
def test_a_task_takes_only_ids(name: str) -> None:
    for parameter in inspect.signature(OURS[name].run).parameters.values():
        assert parameter.annotation in (int, str, "int", "str")


def test_a_message_is_hidden_longer_than_any_task_runs() -> None:
    """Otherwise the broker would hand a running task to a second worker."""
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit
    assert app.conf.worker_prefetch_multiplier == 1


def test_nothing_waits_in_the_broker_for_its_time() -> None:
    for entry in beat_schedule(30).values():
        assert set(entry["options"]) == {"expires"}
        assert entry["options"]["expires"] <= entry["schedule"]
