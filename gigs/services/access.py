"""The one place that lets somebody write to a gig: its seller, under the gig's lock."""

from accounts.models import User
from gigs.errors import GigUnknown
from gigs.models import Gig
from gigs.selectors import with_plans


def lock_own_gig(*, gig: Gig, seller: User) -> Gig:
    """`gig` read anew and locked until the transaction ends. Raises GigUnknown unless it is `seller`'s."""
    locked = Gig.objects.select_for_update(of=("self",)).filter(pk=gig.pk, seller=seller).first()
    if locked is None:
        raise GigUnknown
    return with_plans(Gig.objects.filter(pk=locked.pk)).get()
