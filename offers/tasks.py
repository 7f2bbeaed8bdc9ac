"""What the beat does with offers."""

from celery import shared_task

from offers import services


@shared_task
def expire_offers() -> None:
    """Sweep: expire what is due, batch by batch; each batch is a transaction of its own."""
    while services.expire_offers():
        pass


@shared_task
def remind_of_offers() -> None:
    """Sweep: tell readers of what runs out soon, batch by batch."""
    while services.remind_of_ends():
        pass
