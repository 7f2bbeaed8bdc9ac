"""Notices for tests: a kind of their own, told through the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count

from accounts.models import User
from notifications import kinds
from notifications.enums import Group
from notifications.kinds import Kind
from notifications.models import Notification
from notifications.services import notify

PROBE = Kind("probe", Group.ORDERS, "A probe", action="Look at the probe")
PROBE_TEXT = "{{ who }} moved ‘{{ thing }}’ for {{ price|money }}\nUntil {{ due|instant }}.\n\nThen {{ due|day }} ends."
PROBE_DATA = {
    "who": "O’Brien & Co <x>",
    "thing": 'Rough "cut"',
    "price": {"amount": 8000, "currency": "USD"},
    "due": "2026-03-09T23:30:00+00:00",
}
numbers = count(1)


@contextmanager
def probe_kind() -> Iterator[Kind]:
    """Registers PROBE for a while."""
    kinds.register(PROBE)
    try:
        yield PROBE
    finally:
        del kinds._registered[PROBE.name]


def tell(recipient: User, *, now: datetime, key: str = "", url: str = "/somewhere/?a=1") -> Notification:
    """A probe told to `recipient`."""
    notice = notify(
        recipient=recipient,
        kind="probe",
        data=PROBE_DATA,
        url=url,
        dedupe_key=key or f"probe-{next(numbers)}",
        now=now,
    )
    assert notice is not None
    return notice
