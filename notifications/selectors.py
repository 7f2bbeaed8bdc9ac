"""Reading notices and what people want mailed."""

from collections.abc import Collection

from django.db.models import QuerySet

from accounts.models import User
from notifications.enums import Group
from notifications.models import Notification, Preference


def unread_count(user: User) -> int:
    return Notification.objects.filter(recipient=user, read_at=None).count()


def notices_for(user: User, *, unread_only: bool = False) -> QuerySet[Notification]:
    """Newest first."""
    notices = Notification.objects.filter(recipient=user)
    return notices.filter(read_at=None) if unread_only else notices


def told_already(*, recipients: Collection[int], dedupe_keys: Collection[str]) -> set[str]:
    """Which of `dedupe_keys` one of `recipients` (user ids) has a notice for."""
    known = Notification.objects.filter(recipient__in=recipients, dedupe_key__in=dedupe_keys)
    return set(known.values_list("dedupe_key", flat=True))


def email_wishes(user: User) -> dict[str, bool]:
    """For each group, whether its mails are wanted; wanted unless switched off."""
    wishes = dict.fromkeys(Group.values, True)
    wishes.update(Preference.objects.filter(user=user).values_list("group", "email"))
    return wishes


def wants_email(user: User, group: str) -> bool:
    return not Preference.objects.filter(user=user, group=group, email=False).exists()
