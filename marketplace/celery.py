"""The Celery app and its beat: a static schedule in code.

The database is the queue (docs/adr/0003): what is due is a row, and each task here looks for due rows and does them.
So running late, twice or in several workers at once changes nothing, no task waits in the broker for its time, and a
broker that loses everything delays work by one interval at most.
"""

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

MINUTE, HOUR, DAY = 60, 3600, 86_400

# Every SWEEP_SECONDS. Each is defined in its app's `tasks.py`.
SWEEPS = (
    "notifications.tasks.deliver_due",
    "offers.tasks.expire_offers",
    "offers.tasks.remind_of_offers",
    "orders.tasks.lapse_unpaid_orders",
    "orders.tasks.lapse_reviews",
    "orders.tasks.lapse_payments",
    "orders.tasks.retry_payments",
    "orders.tasks.charge_months",
    "orders.tasks.flag_late_milestones",
    "orders.tasks.send_reminders",
    "payments.tasks.sweep_charges",
    "payments.tasks.sweep_withdrawals",
    "payments.tasks.sweep_refunds",
    "payments.tasks.sweep_transfers",
    "payments.tasks.sweep_reversals",
    "payments.tasks.sweep_disputes",
    "payments.tasks.sweep_methods",
    "payments.tasks.sweep_events",
    "payments.tasks.sweep_announcements",
    "payments.tasks.sweep_documents",
    "orders.tasks.state_ended_orders",
    "reviews.tasks.ask_for_reviews",
    "reviews.tasks.reveal_reviews",
)
HOURLY = (
    "accounts.tasks.prune_idempotent_requests",
    "orders.tasks.report_long_held",
    "payments.tasks.sweep_stripe_events",
    "payments.tasks.sweep_strays",
    "payments.tasks.sweep_accounts",
    "payments.tasks.sweep_month_statements",
)
CHECKS = {"payments.tasks.check_books": 10 * MINUTE, "payments.tasks.reconcile": DAY}

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def beat_schedule(sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """What beat sends and how often, in seconds. A message that nobody took by the next one's time is dropped."""
    intervals = dict.fromkeys(SWEEPS, sweep_seconds) | dict.fromkeys(HOURLY, HOUR) | CHECKS
    return {
        task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
        for task, seconds in intervals.items()
    }


@app.on_after_configure.connect
def set_schedule(sender: Celery, **_: object) -> None:
    """Once settings are there: this module is imported before them, with the package that they are in."""
    from django.conf import settings

    sender.conf.beat_schedule = beat_schedule(settings.SWEEP_SECONDS)
