"""Telling a seller that a change hides a gig's milestones (R-GIG-7)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from gigs.enums import GigState
from gigs.models import Gig
from gigs.notices import MILESTONES_HIDDEN
from gigs.selectors import with_plans, workflow_failures
from marketplace.kernel.errors import Invalid
from milestones.services.policies import policies_in_force
from notifications.services import notify


@contextmanager
def telling_of_hidden_milestones(gigs: QuerySet[Gig], *, now: datetime) -> Iterator[None]:
    """Around a change: the sellers of `gigs` whose milestones buyers saw before it and not after are told.

    In the transaction of the change, so that both happen or neither.
    """
    with transaction.atomic():
        keys = list(
            gigs.exclude(state__in=(GigState.DRAFT, GigState.ARCHIVED))
            .filter(workflow__isnull=False)
            .values_list("pk", flat=True)
        )
        shown = {pk for pk, failures in _failures(keys, now) if not failures}
        yield
        for pk, failures in _failures(keys, now):
            if failures and pk in shown:
                _tell(Gig.objects.select_related("seller").get(pk=pk), failures[0].message, now)


def _failures(keys: list[int], now: datetime) -> Iterator[tuple[int, list[Invalid]]]:
    if not keys:
        return
    policies = policies_in_force(now=now)
    for gig in with_plans(Gig.objects.filter(pk__in=keys)):
        yield gig.pk, workflow_failures(gig, policy=policies[gig.currency])


def _tell(gig: Gig, reason: str, now: datetime) -> None:
    notify(
        recipient=gig.seller,
        kind=MILESTONES_HIDDEN,
        data={"gig": gig.title, "reason": reason},
        url=reverse("gigs:edit", args=[gig.public_id, "description"]),
        dedupe_key=f"gig-milestones-hidden:{gig.public_id}:{now.isoformat()}",
        now=now,
    )
