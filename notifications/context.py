"""What every page shows of a person's notices."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications.selectors import unread_count


def unread(request: HttpRequest) -> dict[str, object]:
    """`unread_notifications`: a number, counted only on pages that show it."""
    user = getattr(request, "user", None)
    return {"unread_notifications": SimpleLazyObject(lambda: unread_count(user) if isinstance(user, User) else 0)}
