"""Somebody wants nothing from somebody else, or takes that back (R-OFR-1, docs/adr/)."""

from datetime import datetime

from accounts.models import User
from inbox.errors import CannotBlockYourself
from inbox.models import Block


def block_person(*, blocker: User, blocked: User, now: datetime) -> None:
    """From now on nothing goes between the two, either way; twice is once. Raises CannotBlockYourself.

    Who is blocked is not told.
    """
    if blocker.pk == blocked.pk:
        raise CannotBlockYourself
    Block.objects.get_or_create(blocker=blocker, blocked=blocked, defaults={"at": now})


def unblock_person(*, blocker: User, blocked: User) -> None:
    """Take one's own block back; one by the other stays."""
    Block.objects.filter(blocker=blocker, blocked=blocked).delete()
