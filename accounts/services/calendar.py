"""The private address of a person's feed of due dates: made, renewed, switched off (R-ORD-15)."""

import secrets
from datetime import datetime

from accounts.models import CalendarAddress, User
from marketplace.kernel.errors import Unknown

KEY_BYTES = 32


def make_calendar(*, user: User, now: datetime) -> CalendarAddress:
    """The address of `user`, made if there is none: pressing twice makes one."""
    address, _ = CalendarAddress.objects.get_or_create(user=user, defaults={"key": _new_key(), "made_at": now})
    return address


def renew_calendar(*, user: User, now: datetime) -> CalendarAddress:
    """A new key; the old one is unknown from now on. Raises Unknown for who has no address."""
    if not CalendarAddress.objects.filter(user=user).update(key=_new_key(), made_at=now):
        raise Unknown
    return CalendarAddress.objects.get(user=user)


def stop_calendar(*, user: User) -> None:
    """No address any more; none to begin with is fine."""
    CalendarAddress.objects.filter(user=user).delete()


def _new_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)
