"""Who may do what on the desk: the one place that asks."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from support.services import Done


def permitted(request: HttpRequest, *permissions: str) -> User:
    """Whoever may read orders and has all of `permissions`: to act, and to read the page that offers the act."""
    agent = request.user
    if not isinstance(agent, User) or not agent.has_perms(["orders.view_order", *permissions]):
        raise PermissionDenied
    return agent


def say_done(request: HttpRequest, done: Done) -> None:
    """Tell the agent what was done, or that it waits for another one."""
    if done.waits:
        messages.warning(request, f"Nothing has moved yet: another agent has to confirm this. {done.words}")
    else:
        messages.success(request, done.words)
