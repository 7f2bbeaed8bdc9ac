"""What the middleware adds to a request, said to the type checker."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Visit(HttpRequest):
    user: User | AnonymousUser
    htmx: HtmxDetails


class SignedIn(HttpRequest):
    """Of a page that asks people to sign in first."""

    user: User
    htmx: HtmxDetails
