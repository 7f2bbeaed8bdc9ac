"""The beat's sweeps. Each calls one service, rereads everything, and is safe twice, late or in two workers at once."""

from celery import shared_task

from orders.services import alerting, lapsing, reminding, stating


@shared_task
def lapse_unpaid_orders() -> None:
    lapsing.lapse_unpaid_orders()


@shared_task
def lapse_reviews() -> None:
    lapsing.lapse_reviews()


@shared_task
def lapse_payments() -> None:
    lapsing.lapse_payments()


@shared_task
def retry_payments() -> None:
    lapsing.retry_payments()


@shared_task
def charge_months() -> None:
    lapsing.charge_months()


@shared_task
def flag_late_milestones() -> None:
    lapsing.flag_late_milestones()


@shared_task
def send_reminders() -> None:
    reminding.remind_reviews()
    reminding.remind_months()
    reminding.remind_payments()
    alerting.remind_evidence()


@shared_task
def report_long_held() -> None:
    alerting.report_long_held()


@shared_task
def state_ended_orders() -> None:
    stating.state_ended_orders()
