"""Draft, active, paused, archived (R-GIG-2). Running orders are untouched by all of it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from gigs.enums import GigState, Tab
from gigs.errors import AlreadyActive, NotArchived, NothingToPause, NotReady
from gigs.models import Gig
from gigs.selectors import findings, workflow_failures
from gigs.services.access import lock_own_gig
from milestones.services.policies import policy_in_force


@transaction.atomic
def publish_gig(*, gig: Gig, seller: User, now: datetime) -> Gig:
    """Let buyers see and order the gig. Raises NotReady with everything it lacks, AlreadyActive.

    A paused gig whose milestones became ineligible meanwhile comes back without them; a first publication waits
    until they are right (R-GIG-7).
    """
    gig = lock_own_gig(gig=gig, seller=seller)
    if gig.is_active:
        raise AlreadyActive
    policy = policy_in_force(now=now, currency=gig.currency)
    lacking = findings(gig, policy=policy)
    if gig.state == GigState.PAUSED:
        hidden = {failure.message for failure in workflow_failures(gig, policy=policy)}
        lacking[Tab.DESCRIPTION] = [each for each in lacking[Tab.DESCRIPTION] if each.message not in hidden]
    errors = [failure for failures in lacking.values() for failure in failures]
    if errors:
        raise NotReady(errors)
    gig.state = GigState.ACTIVE
    gig.published_at = gig.published_at or now
    gig.save()
    return gig


@transaction.atomic
def pause_gig(*, gig: Gig, seller: User) -> Gig:
    """Take the gig out of the catalogue. Raises NothingToPause."""
    gig = lock_own_gig(gig=gig, seller=seller)
    if not gig.is_active:
        raise NothingToPause
    gig.state = GigState.PAUSED
    gig.save()
    return gig


@transaction.atomic
def archive_gig(*, gig: Gig, seller: User) -> Gig:
    """Put the gig away, whatever its state: it is in no list but its seller's archive. Raises GigArchived."""
    gig = lock_own_gig(gig=gig, seller=seller)
    gig.state = GigState.ARCHIVED
    gig.save()
    return gig


@transaction.atomic
def bring_back_gig(*, gig: Gig, seller: User) -> Gig:
    """Take the gig out of the archive: paused if buyers have seen it before, else a draft. Raises NotArchived."""
    gig = lock_own_gig(gig=gig, seller=seller, archived=True)
    if gig.state != GigState.ARCHIVED:
        raise NotArchived
    gig.state = GigState.PAUSED if gig.published_at else GigState.DRAFT
    gig.save()
    return gig
