"""Sending the mails of notices. The rows are the queue; this can run in any number of processes at once.

A claim commits before the network is touched, so no two processes send the same mail. A process that dies while
sending leaves a claim that runs out after LEASE: the mail is then sent again with the same Message-ID, because a
second copy is better than none.
"""

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

import structlog
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet

from marketplace.web.clock import database_now
from notifications.enums import EmailState
from notifications.kinds import kind_of
from notifications.mails import compose_mail
from notifications.models import Notification
from notifications.selectors import wants_email

log = structlog.get_logger(__name__)

BATCH = 200
LEASE = timedelta(minutes=10)  # longer than a task may live (CELERY_TASK_TIME_LIMIT)
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)


def send_due(*, now: datetime | None = None) -> int:
    """Send what is due and return how many went out. A mail server that is down ends the run; nothing is lost."""
    if not due(now or database_now()).exists():
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
        notice = claim_next(now=now)
        if notice is None:
            break
        state = attempt(notice, connection=connection, now=now)
        sent += state == EmailState.SENT
        if state == EmailState.PENDING:
            break  # whatever failed would likely fail for the next one too; the next sweep goes on there
    return sent


def due(moment: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(
        email_state__in=[EmailState.PENDING, EmailState.SENDING], next_attempt_at__lte=moment
    ).order_by("next_attempt_at", "id")


@transaction.atomic
def claim_next(*, now: datetime | None) -> Notification | None:
    """Take the longest-due notice that nobody else has; the claim lasts for LEASE."""
    moment = now or database_now()
    notice = due(moment).select_related("recipient").select_for_update(skip_locked=True, of=("self",)).first()
    if notice is None:
        return None
    notice.email_state = EmailState.SENDING
    notice.attempts += 1
    notice.next_attempt_at = moment + LEASE
    notice.save(update_fields=["email_state", "attempts", "next_attempt_at"])
    return notice


def attempt(notice: Notification, *, connection: BaseEmailBackend, now: datetime | None) -> EmailState:
    """Send one claimed notice, record how it went and return the state it is in."""
    try:
        if not wanted(notice):
            return record(notice, EmailState.SKIPPED)
        compose_mail(notice, connection=connection).send()
    except SMTPRecipientsRefused as refusal:
        if all(code >= 500 for code, _ in refusal.recipients.values()):
            return record(notice, EmailState.FAILED, last_error=str(refusal)[:300])
        return postpone(notice, error=refusal, now=now)
    except Exception as error:  # noqa: BLE001 each mail backend has its own errors, and none may lose the mail
        return postpone(notice, error=error, now=now)
    return record(notice, EmailState.SENT, sent_at=now or database_now(), last_error="")


def wanted(notice: Notification) -> bool:
    return notice.recipient.is_active and wants_email(notice.recipient, kind_of(notice.kind).group)


def postpone(notice: Notification, *, error: Exception, now: datetime | None) -> EmailState:
    """Try again after 1, 2, 4 … minutes, at most 6 hours; never give up."""
    log.warning("mail_postponed", notice=notice.public_id, attempts=notice.attempts, error=repr(error))
    delay = min(FIRST_DELAY * 2 ** min(notice.attempts - 1, 20), LONGEST_DELAY)
    moment = (now or database_now()) + delay
    return record(notice, EmailState.PENDING, next_attempt_at=moment, last_error=repr(error)[:300])


def record(notice: Notification, state: EmailState, **changes: object) -> EmailState:
    """Write the outcome, unless the claim ran out and another process took over."""
    Notification.objects.filter(pk=notice.pk, attempts=notice.attempts, email_state=EmailState.SENDING).update(
        email_state=state, **changes
    )
    return state
