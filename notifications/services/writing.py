"""Mails about an account itself, which go out through the outbox like notices."""

from datetime import datetime
from functools import partial

from django.db import transaction

from marketplace.web.nudges import nudge
from notifications.models import Letter
from notifications.services.notifying import DELIVERY


def write_letter(*, to: str, subject: str, text: str, link: str, action: str, now: datetime) -> Letter:
    """Put a mail into the outbox, in the caller's transaction. `link` is absolute; `action` is its button."""
    letter = Letter.objects.create(
        to=to, subject=subject, text=text, link=link, action=action, created_at=now, next_attempt_at=now
    )
    transaction.on_commit(partial(nudge, DELIVERY))
    return letter
