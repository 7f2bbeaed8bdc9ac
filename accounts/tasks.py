"""Housekeeping of accounts."""

from celery import shared_task

from accounts.services.replaying import prune_answers
from marketplace.kernel import clock


@shared_task
def prune_idempotent_requests() -> None:
    """Beat runs it every hour."""
    prune_answers(now=clock.now())
