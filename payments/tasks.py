"""Work that happens later. A task takes an id and calls one service; a sweep finds what no task was sent for."""

from celery import shared_task

from payments.services import announcing, receiving, returning, submitting, sweeping, withdrawing


@shared_task
def submit_attempt(attempt_id: int) -> None:
    submitting.submit_attempt(attempt_id=attempt_id)


@shared_task
def withdraw_charge(charge_id: int) -> None:
    withdrawing.carry_out_withdrawal(charge_id=charge_id)


@shared_task
def announce_charge(charge_id: int) -> None:
    announcing.announce_charge(charge_id=charge_id)


@shared_task
def submit_refund(refund_id: int) -> None:
    returning.submit_refund(refund_id=refund_id)


@shared_task
def process_event(event_id: int) -> None:
    receiving.process_event(event_id=event_id)


@shared_task
def sweep_charges() -> None:
    """Charges to send, to look at again, or left by a worker that died."""
    sweeping.sweep_charges()


@shared_task
def sweep_strays() -> None:
    """Payments that nobody knows of and that take no money: cancelled."""
    sweeping.sweep_strays()


@shared_task
def sweep_withdrawals() -> None:
    sweeping.sweep_withdrawals()


@shared_task
def sweep_refunds() -> None:
    sweeping.sweep_refunds()


@shared_task
def sweep_announcements() -> None:
    """Outcomes that their receiver has not taken yet."""
    sweeping.sweep_announcements()


@shared_task
def sweep_events() -> None:
    """Stored events that no task has processed."""
    sweeping.sweep_events()


@shared_task
def sweep_stripe_events() -> None:
    """Events that never arrived: the provider's own list, hourly."""
    receiving.fetch_events()
