"""Whose gig it is, and who may see it."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import User
from gigs.errors import GigUnknown
from gigs.models import Gig
from gigs.selectors.terms import with_plans


def active_gigs() -> QuerySet[Gig]:
    """The gigs that anyone may see and order; those of a seller whose account is closed are gone."""
    return Gig.objects.filter(is_listed=True)


def own_gigs(seller: User) -> QuerySet[Gig]:
    """Every gig of `seller`, the one changed last first."""
    return Gig.objects.filter(seller=seller).order_by("-updated_at", "-pk")


def own_gig(*, public_id: str, seller: User) -> Gig:
    """Raises GigUnknown for anyone but its seller."""
    gig = with_plans(own_gigs(seller)).filter(public_id=public_id).first()
    if gig is None:
        raise GigUnknown
    return gig


def gig_for_anyone(*, public_id: str, viewer: User | AnonymousUser) -> Gig:
    """An active gig, or in any state one's own. Raises GigUnknown for a draft or paused gig of another (R-GIG-2)."""
    gig = with_plans(Gig.objects.filter(public_id=public_id)).first()
    if gig is None or (not gig.is_for_sale and gig.seller != viewer):
        raise GigUnknown
    return gig
