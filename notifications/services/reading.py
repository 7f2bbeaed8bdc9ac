"""Marking notices as read, and choosing which ones are mailed."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from marketplace.kernel.errors import Unknown
from notifications.enums import Group
from notifications.models import Notification, Preference


def open_notice(*, reader: User, public_id: str, now: datetime) -> str:
    """Mark the notice as read and return the path it leads to. Unknown for anyone else's."""
    notice = Notification.objects.filter(recipient=reader, public_id=public_id).first()
    if notice is None:
        raise Unknown
    Notification.objects.filter(pk=notice.pk, read_at=None).update(read_at=now)
    return notice.url


def mark_read_about(*, reader: User, pages: Collection[str], shown_at: datetime) -> int:
    """Mark what led `reader` to these `pages` (paths), which they opened at `shown_at` by whatever way.

    One statement, which finds nothing and writes nothing when there is nothing unread. What was told after `shown_at`
    isn't on the page yet and stays unread.
    """
    told = Notification.objects.filter(recipient=reader, read_at=None, url__in=pages, created_at__lte=shown_at)
    return told.update(read_at=shown_at)


def mark_all_read(*, reader: User, until: datetime, now: datetime) -> int:
    """Mark what `reader` got up to `until`, so that a notice which arrives meanwhile stays unread."""
    return Notification.objects.filter(recipient=reader, read_at=None, created_at__lte=until).update(read_at=now)


@transaction.atomic
def choose_emails(*, user: User, wishes: Mapping[str, bool]) -> None:
    """Store for each group whether its mails are wanted."""
    for group, email in wishes.items():
        Preference.objects.update_or_create(user=user, group=Group(group), defaults={"email": email})
