"""Writing notices, in the transaction of what they tell about."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import helpers_of
from marketplace.web.nudges import nudge
from notifications.enums import Group
from notifications.errors import BadNoticeError
from notifications.kinds import kind_of
from notifications.models import Notification

DELIVERY = "notifications.tasks.deliver_due"


def notify(
    *, recipient: User, kind: str, data: Mapping[str, object], url: str, dedupe_key: str, now: datetime
) -> Notification | None:
    """Tell `recipient`; the row commits or rolls back with the caller's work. None when they were told already.

    `data` is JSON: str, int, lists, ISO instants, {"amount": minor units, "currency": code}; `rail` may be the states
    of the order's milestones, to be drawn. `url` is a path of this
    site. `dedupe_key` is unique per recipient. UnknownKindError and BadNoticeError are programming errors.
    """
    kind_of(kind)
    if not url.startswith("/") or not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        raise BadNoticeError(f"not a path of this site: {url!r}")
    notice = Notification(
        recipient=recipient,
        kind=kind,
        data=dict(data),
        url=url,
        dedupe_key=dedupe_key,
        created_at=now,
        next_attempt_at=now,
    )
    Notification.objects.bulk_create([notice], ignore_conflicts=True)
    written = Notification.objects.filter(public_id=notice.public_id).first()
    if written is not None:
        transaction.on_commit(partial(nudge, DELIVERY))
    return written


def notify_seller(
    *, seller: User, kind: str, data: Mapping[str, object], url: str, dedupe_key: str, now: datetime, apart: User
) -> Notification | None:
    """Tell `seller` what `notify` would, and the managers of their team, so that somebody answers in time.

    What is about money is for the seller alone. `apart` is the other side, who may be a manager too and isn't told.
    """
    notice = notify(recipient=seller, kind=kind, data=data, url=url, dedupe_key=dedupe_key, now=now)
    if kind_of(kind).group != Group.MONEY:
        for helper in helpers_of(seller, Ability.ANSWER):
            if helper.pk != apart.pk:
                theirs = {**data, "for_seller": seller.display_name}
                notify(recipient=helper, kind=kind, data=theirs, url=url, dedupe_key=dedupe_key, now=now)
    return notice
