"""The site's addresses and a few that fail in each way a page can fail."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.timezone import get_current_timezone_name

from marketplace.kernel.errors import Invalid, NotAllowed, Refused, Unknown
from marketplace.urls import urlpatterns as site


class TooLate(Refused):
    sentence = "‘{name}’ counted as accepted on 27 Nov."
    rule = "R-ORD-8"


def fail(exc: type[Exception]) -> Callable[[HttpRequest], HttpResponse]:
    def view(_request: HttpRequest) -> HttpResponse:
        raise exc

    return view


def too_late(_request: HttpRequest) -> HttpResponse:
    raise TooLate(name="<b>Animatic</b>")


def says_saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Saved.")
    return HttpResponse("<p>part</p>")


def zone(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_current_timezone_name())


urlpatterns = [
    path("refused/", too_late),
    path("invalid/", fail(Invalid)),
    path("not-allowed/", fail(NotAllowed)),
    path("unknown/", fail(Unknown)),
    path("denied/", fail(PermissionDenied)),
    path("suspicious/", fail(SuspiciousOperation)),
    path("broken/", fail(ZeroDivisionError)),
    path("says-saved/", says_saved),
    path("zone/", zone),
    *site,
]
