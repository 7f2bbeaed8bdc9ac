"""The beat's sweeps. Each calls one service and is safe twice, late or in two workers at once."""

from celery import shared_task

from reviews import services


@shared_task
def ask_for_reviews() -> None:
    services.ask_for_reviews()


@shared_task
def reveal_reviews() -> None:
    services.reveal_due()
