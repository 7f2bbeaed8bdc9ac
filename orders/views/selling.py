"""The seller's dashboard: what needs them, what runs, what comes (R-ORD-16)."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.selectors import is_seller
from marketplace.kernel import clock
from orders.presenters.insights.dashboard import dashboard_of
from orders.views.showing import signed_in


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if not is_seller(user):
        return redirect("accounts:sell")
    context = {"board": dashboard_of(user, now=clock.now()), "nav_section": "selling"}
    return render(request, "orders/selling.html", context)
