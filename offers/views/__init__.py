"""Pages of offers: `composing` for the seller's form, `answering` for a sent offer, `asking` for a buyer's request."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedIn(HttpRequest):
    """A request behind `login_required`."""

    user: User
    htmx: HtmxDetails
