"""Pages of the inbox. Strangers get 404, for everything here is between two people (R-OFR-1)."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedIn(HttpRequest):
    """A request behind a sign-in."""

    user: User
    htmx: HtmxDetails
