"""What every page shows of a person's conversations."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from inbox.selectors import unread_conversations


def unread(request: HttpRequest) -> dict[str, object]:
    """`unread_messages`: in how many conversations something waits to be read; counted only where it is shown."""
    user = getattr(request, "user", None)
    return {"unread_messages": SimpleLazyObject(lambda: unread_conversations(user) if isinstance(user, User) else 0)}
