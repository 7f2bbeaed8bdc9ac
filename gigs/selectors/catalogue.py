"""Whose gig it is, and who may see it."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import acts_for, is_seller, may
from gigs.errors import GigUnknown, SellerUnknown
from gigs.models import Gig
from gigs.selectors.terms import with_plans


def active_gigs() -> QuerySet[Gig]:
    """The gigs that anyone may see and order; those of a seller whose account is closed are gone."""
    return Gig.objects.filter(is_listed=True)


def own_gigs(seller: User) -> QuerySet[Gig]:
    """Every gig of `seller`, the one changed last first."""
    return Gig.objects.filter(seller=seller).order_by("-updated_at", "-pk")


def own_gig(*, public_id: str, seller: User) -> Gig:
    """Raises GigUnknown for anyone but its seller and their managers."""
    editable = Gig.objects.filter(seller__in=acts_for(seller, Ability.EDIT_GIGS))
    gig = with_plans(editable.select_related("seller")).filter(public_id=public_id).first()
    if gig is None:
        raise GigUnknown
    return gig


def gig_for_anyone(*, public_id: str, viewer: User | AnonymousUser) -> Gig:
    """An active gig, or in any state one's own. Raises GigUnknown for a draft or paused gig of another (R-GIG-2)."""
    gig = with_plans(Gig.objects.filter(public_id=public_id)).first()
    if gig is None or (not gig.is_for_sale and not edits(gig, viewer)):
        raise GigUnknown
    return gig


def edits(gig: Gig, viewer: User | AnonymousUser) -> bool:
    """Whether the gig is on this person's desk: its seller's, or a manager's of theirs."""
    return isinstance(viewer, User) and may(viewer, gig.seller, Ability.EDIT_GIGS)


def seller_for_anyone(*, public_id: str) -> User:
    """A seller whose account is open. Raises SellerUnknown."""
    person = User.objects.select_related("seller").filter(public_id=public_id, is_active=True).first()
    if person is None or not is_seller(person):
        raise SellerUnknown
    return person
