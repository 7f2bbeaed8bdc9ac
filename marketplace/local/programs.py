"""The programs of Milepost and how each is started. docker-compose.yml says the same; a test compares the two."""

import sys
from pathlib import Path

from marketplace.local.processes import Command

PYTHON = sys.executable
CELERY = (PYTHON, "-m", "celery", "-A", "marketplace", "--quiet")


def prepare() -> Command:
    return [PYTHON, "-m", "marketplace.local.prepare"]


def web(address: str) -> Command:
    options = ["--workers", "2", "--threads", "4", "--preload", "--no-control-socket", "--log-level", "warning"]
    return [PYTHON, "-m", "gunicorn", "marketplace.wsgi", "--bind", address, *options]


def reloading_web(address: str) -> Command:
    return [PYTHON, "manage.py", "runserver", address]


def worker() -> Command:
    return [*CELERY, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip", "--loglevel", "warning"]


def beat(schedule: Path) -> Command:
    return [*CELERY, "beat", "--schedule", schedule, "--pidfile="]


def simulator(*, port: int, data: Path, webhook_url: str, webhook_secret: str, connect_secret: str) -> Command:
    where: Command = ["--port", str(port), "--data", data]
    webhooks = ["--webhook-url", webhook_url, "--webhook-secret", webhook_secret]
    connect = ["--connect-webhook-url", f"{webhook_url}connect/", "--connect-webhook-secret", connect_secret]
    return [PYTHON, "-m", "payments.simulator.server", *where, *webhooks, *connect]
