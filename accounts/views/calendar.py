"""One's private calendar address, under Settings. What it answers is in `orders.views.calendar`."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.selectors import calendar_address_of
from accounts.services import make_calendar, renew_calendar, stop_calendar
from accounts.views.settings import SignedIn
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown


@never_cache
@login_required
@require_safe
def calendar(request: SignedIn) -> HttpResponse:
    context = {"address": calendar_address_of(request.user), "site": settings.SITE_URL}
    return render(request, "accounts/calendar.html", context)


@login_required
@require_POST
def change(request: SignedIn, action: str) -> HttpResponse:
    """`action`: make, renew or stop."""
    match action:
        case "make":
            make_calendar(user=request.user, now=clock.now())
            said = "Your address is ready. Give it to your calendar."
        case "renew":
            renew_calendar(user=request.user, now=clock.now())
            said = "Your address is new. The old one answers nobody any more: give your calendar this one."
        case "stop":
            stop_calendar(user=request.user)
            said = "Your calendar is no longer shared. The address answers nobody any more."
        case _:
            raise Unknown
    messages.success(request, said)
    return redirect("accounts:calendar")
