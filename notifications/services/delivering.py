"""Sending the mails of notices and letters. The rows are the queue; this can run in any number of processes at once.

A claim commits before the network is touched, so no two processes send the same mail. A process that dies while
sending leaves a claim that runs out after LEASE: the mail is then sent again with the same Message-ID, because a
second copy is better than none.
"""

from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import structlog
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet

from marketplace.web.clock import database_now
from notifications.enums import EmailState
from notifications.kinds import kind_of
from notifications.mails import compose_mail
from notifications.models import Letter, Notification
from notifications.selectors import wants_email

log = structlog.get_logger(__name__)

Row = Notification | Letter

BATCH = 200
LEASE = timedelta(minutes=10)  # longer than a task may live (CELERY_TASK_TIME_LIMIT)
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)


class ServerFails(Exception):
    """The mail server, not the mail: the run ends."""


def send_due(*, now: datetime | None = None) -> int:
    """Send what is due and return how many went out. A mail server that is down ends the run; nothing is lost."""
    moment = now or database_now()
    if not any(due(outbox, moment).exists() for outbox in (Letter, Notification)):
        return 0
    connection = mail.get_connection()
    try:
        connection.open()
    except OSError as error:
        log.warning("mail_server_down", error=str(error))
        return 0
    try:
        return send_batch(connection=connection, now=now)
    finally:
        connection.close()


def send_batch(*, connection: BaseEmailBackend, now: datetime | None) -> int:
    sent = 0
    for _ in range(BATCH):
        row = claim_next(Letter, now=now) or claim_next(Notification, now=now)  # people wait for letters
        if row is None:
            break
        try:
            sent += attempt(row, connection=connection, now=now) == EmailState.SENT
        except ServerFails:
            break  # it would fail for the next one too; the next sweep goes on there
    return sent


def due(outbox: type[Row], moment: datetime) -> QuerySet[Any]:
    unsent = [EmailState.PENDING, EmailState.SENDING]
    rows = outbox._default_manager.filter(email_state__in=unsent, next_attempt_at__lte=moment)
    return rows.order_by("next_attempt_at", "id")


@transaction.atomic
def claim_next(outbox: type[Row], *, now: datetime | None) -> Row | None:
    """Take the longest-due row that nobody else has; the claim lasts for LEASE."""
    moment = now or database_now()
    row: Row | None = due(outbox, moment).select_for_update(skip_locked=True).first()
    if row is None:
        return None
    row.email_state = EmailState.SENDING
    row.attempts += 1
    row.next_attempt_at = moment + LEASE
    row.save(update_fields=["email_state", "attempts", "next_attempt_at"])
    return row


def attempt(row: Row, *, connection: BaseEmailBackend, now: datetime | None) -> EmailState:
    """Send one claimed row, record how it went and return the state it is in. Raises ServerFails."""
    try:
        if not wanted(row):
            return record(row, EmailState.SKIPPED)
        compose_mail(row, connection=connection).send()
    except SMTPRecipientsRefused as refusal:
        if all(code >= 500 for code, _ in refusal.recipients.values()):
            return record(row, EmailState.FAILED, last_error=str(refusal)[:300], **spent(row))
        return postpone(row, error=refusal, now=now)
    except Exception as error:
        state = postpone(row, error=error, now=now)
        if is_of_the_server(error):
            raise ServerFails from error
        return state
    return record(row, EmailState.SENT, sent_at=now or database_now(), last_error="", **spent(row))


def is_of_the_server(error: Exception) -> bool:
    """Not of one mail or its words: what somebody writes may be refused, but must hold up nobody else's mail."""
    refused = isinstance(error, SMTPDataError) and error.smtp_code >= 500
    return isinstance(error, OSError) and not refused


def wanted(row: Row) -> bool:
    """Letters always are: someone just asked for them."""
    if isinstance(row, Letter):
        return True
    return row.recipient.is_active and wants_email(row.recipient, kind_of(row.kind).group)


def spent(row: Row) -> dict[str, str]:
    """What a row forgets once its mail is out of our hands: a letter's secret link."""
    return {"text": "", "link": ""} if isinstance(row, Letter) else {}


def postpone(row: Row, *, error: Exception, now: datetime | None) -> EmailState:
    """Try again after 1, 2, 4 … minutes, at most 6 hours; never give up."""
    log.warning("mail_postponed", row=row.public_id, attempts=row.attempts, error=repr(error))
    delay = min(FIRST_DELAY * 2 ** min(row.attempts - 1, 20), LONGEST_DELAY)
    moment = (now or database_now()) + delay
    return record(row, EmailState.PENDING, next_attempt_at=moment, last_error=repr(error)[:300])


def record(row: Row, state: EmailState, **changes: object) -> EmailState:
    """Write the outcome, unless the claim ran out and another process took over."""
    mine = type(row)._default_manager.filter(pk=row.pk, attempts=row.attempts, email_state=EmailState.SENDING)
    mine.update(email_state=state, **changes)
    return state
