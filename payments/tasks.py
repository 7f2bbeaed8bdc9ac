"""Work that happens later. A task takes an id and calls one service; a sweep finds what no task was sent for."""

from celery import shared_task

from payments.services import (
    adopting,
    announcing,
    answering,
    filing,
    invoicing,
    methods,
    onboarding,
    receiving,
    reconciling,
    returning,
    reversing,
    submitting,
    sweeping,
    transferring,
    withdrawing,
)


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
def submit_transfer(transfer_id: int) -> None:
    transferring.submit_transfer(transfer_id=transfer_id)


@shared_task
def submit_reversal(reversal_id: int) -> None:
    reversing.submit_reversal(reversal_id=reversal_id)


@shared_task
def refresh_account(account_id: int) -> None:
    onboarding.refresh_account(account_id=account_id)


@shared_task
def find_refunds(attempt_id: int) -> None:
    """Refunds of a payment that were made in the provider's dashboard."""
    adopting.adopt_refunds(attempt_id=attempt_id)


@shared_task
def detach_method(method_id: int) -> None:
    methods.detach_method(method_id=method_id)


@shared_task
def send_evidence(dispute_id: int) -> None:
    answering.send_evidence(dispute_id=dispute_id)


@shared_task
def sweep_disputes() -> None:
    """Our side of disputes to send, and disputes to look at again."""
    sweeping.sweep_disputes()


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
def sweep_transfers() -> None:
    """Cleared money to send to sellers, and what a worker that died left on its way."""
    sweeping.sweep_transfers()


@shared_task
def sweep_reversals() -> None:
    sweeping.sweep_reversals()


@shared_task
def sweep_accounts() -> None:
    """Connected accounts whose news may have been lost."""
    sweeping.sweep_accounts()


@shared_task
def sweep_methods() -> None:
    """Removed methods that the provider has not forgotten yet."""
    sweeping.sweep_methods()


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


@shared_task
def check_books() -> None:
    """Every invariant of the ledger."""
    reconciling.check_books()


@shared_task
def reconcile() -> None:
    """The books against the provider's balance."""
    reconciling.reconcile()
    reconciling.prune_audits()


@shared_task
def issue_invoice(charge_id: int) -> None:
    invoicing.issue_invoice(charge_id=charge_id)


@shared_task
def issue_credit_note(refund_id: int) -> None:
    invoicing.issue_credit_note(refund_id=refund_id)


@shared_task
def sweep_documents() -> None:
    """Charges without an invoice, refunds without a credit note."""
    filing.sweep_documents()


@shared_task
def sweep_month_statements() -> None:
    filing.sweep_month_statements()
