"""Who may do what on the desk: the one place that asks."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


def permitted(request: HttpRequest, permission: str) -> User:
    """Whoever may read orders and do this."""
    agent = request.user
    if not isinstance(agent, User) or not agent.has_perms(["orders.view_order", permission]):
        raise PermissionDenied
    return agent
