"""Mailing what is due."""

from celery import shared_task

from notifications.services.delivering import send_due


@shared_task
def deliver_due() -> None:
    """Beat's sweep and the nudge after a commit; any number may run at once."""
    send_due()
