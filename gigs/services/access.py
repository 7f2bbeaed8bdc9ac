"""The one place that lets somebody write to a gig: its seller or a manager of theirs, under the gig's lock."""

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import acts_for
from gigs.enums import GigState
from gigs.errors import GigArchived, GigUnknown
from gigs.models import Gig
from gigs.selectors import with_plans


def lock_own_gig(*, gig: Gig, seller: User, archived: bool = False) -> Gig:
    """`gig` read anew and locked until the transaction ends. Raises GigUnknown unless `seller` may edit it.

    An archived gig is as it was put away: GigArchived, unless `archived` says that this service is for those too.
    """
    sellers = acts_for(seller, Ability.EDIT_GIGS)
    locked = Gig.objects.select_for_update(of=("self",)).filter(pk=gig.pk, seller__in=sellers).first()
    if locked is None:
        raise GigUnknown
    if locked.state == GigState.ARCHIVED and not archived:
        raise GigArchived
    return with_plans(Gig.objects.filter(pk=locked.pk)).get()
