"""What every page shows of the teams that a person works in."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.policies import team_in_use, teams_in, teams_to_work_in, working_for


def team(request: HttpRequest) -> dict[str, object]:
    """`teams_in`, those to work for (`teams`), `team_in_use`, and `working_for`: oneself or the chosen seller."""
    if not isinstance(getattr(request, "user", None), User):
        return {"teams": (), "teams_in": (), "team_in_use": None, "working_for": None}
    return {
        "teams": SimpleLazyObject(lambda: teams_to_work_in(request)),
        "teams_in": SimpleLazyObject(lambda: teams_in(request)),
        "team_in_use": team_in_use(request),
        "working_for": working_for(request),
    }
