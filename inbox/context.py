"""What every page shows of a person's conversations."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.policies import working_for
from inbox.selectors import unread_conversations


def unread(request: HttpRequest) -> dict[str, object]:
    """`unread_messages`: in how many conversations something waits to be read; counted only where it is shown."""
    signed_in = isinstance(getattr(request, "user", None), User)
    count = SimpleLazyObject(lambda: unread_conversations(working_for(request)) if signed_in else 0)
    return {"unread_messages": count}
