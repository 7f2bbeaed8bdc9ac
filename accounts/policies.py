"""For whom a request acts: oneself, or the seller chosen in the header's menu, looked up anew each time."""

from django.http import HttpRequest

from accounts.enums import Ability
from accounts.models import TeamMember, User
from accounts.roles import ROLES
from accounts.selectors import teams_of
from marketplace.kernel.errors import Unknown

SESSION_KEY = "working_for"


def teams_in(request: HttpRequest) -> list[TeamMember]:
    """The teams that the person is in, read once for each request."""
    found: list[TeamMember] | None = getattr(request, "_teams_in", None)
    if found is None:
        found = list(teams_of(request.user)) if isinstance(request.user, User) else []
        request._teams_in = found  # type: ignore[attr-defined]
    return found


def teams_to_work_in(request: HttpRequest) -> list[TeamMember]:
    """Those whose gigs and orders the person may open."""
    return [team for team in teams_in(request) if team.role in ROLES[Ability.SEE_ORDERS]]


def team_in_use(request: HttpRequest) -> TeamMember | None:
    """The team that was chosen and in which the person still is; None for their own affairs."""
    chosen = request.session.get(SESSION_KEY) if hasattr(request, "session") else None
    if not chosen:
        return None
    return next((team for team in teams_to_work_in(request) if team.seller.public_id == chosen), None)


def working_for(request: HttpRequest) -> User:
    """The seller whose lists are shown and to whom new gigs and offers belong: of a signed-in request."""
    team = team_in_use(request)
    if team is not None:
        return team.seller
    if not isinstance(request.user, User):
        raise Unknown
    return request.user


def choose_seller(request: HttpRequest, public_id: str) -> User:
    """Work for this seller from now on; one's own id ends it. Raises Unknown for a team that one is not in."""
    user = request.user
    if isinstance(user, User) and user.public_id == public_id:
        request.session.pop(SESSION_KEY, None)
        return user
    for team in teams_to_work_in(request):
        if team.seller.public_id == public_id:
            request.session[SESSION_KEY] = public_id
            return team.seller
    raise Unknown
