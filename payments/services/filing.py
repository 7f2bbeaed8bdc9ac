"""Issuing what a nudge has not: charges without an invoice, refunds without a credit note. Safe twice (R-PAY-6)."""

import time
from collections.abc import Callable, Iterable

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from marketplace.web.clock import database_now
from payments.documents import charges_without_invoice, refunds_to_note
from payments.services.invoicing import issue_credit_note, issue_invoice
from payments.services.monthly import issue_month_statements

log = structlog.get_logger(__name__)

BATCH = 500
SECONDS = 60  # what is left when they are over is found by the next sweep


def sweep_documents() -> int:
    """Invoices and credit notes that are missing, oldest first. Returns how many were looked at."""
    charges = charges_without_invoice().values_list("pk", flat=True)[:BATCH]
    refunds = refunds_to_note().values_list("pk", flat=True)[:BATCH]
    return each(charges, lambda row_id: issue_invoice(charge_id=row_id)) + each(
        refunds, lambda row_id: issue_credit_note(refund_id=row_id)
    )


def sweep_month_statements() -> int:
    return issue_month_statements(now=database_now())


def each(rows: Iterable[int], work: Callable[[int], object]) -> int:
    """Work each row on its own; one that fails is logged and found again, and doesn't hold up the others."""
    began = time.monotonic()
    done = 0
    for row_id in list(rows):
        if time.monotonic() - began > SECONDS:
            break
        try:
            work(row_id)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # whatever is wrong with one document must not stop the others
            log.exception("document_not_issued", row_id=row_id)
        done += 1
    return done
