"""The seller's dashboard: what needs them, what runs, what comes (R-ORD-16). A manager sees the seller's."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.policies import working_for
from accounts.selectors import is_seller
from marketplace.kernel import clock
from orders.presenters.insights.dashboard import dashboard_of


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    seller = working_for(request)
    if not is_seller(seller):
        return redirect("accounts:sell")
    context = {"board": dashboard_of(seller, now=clock.now()), "nav_section": "selling"}
    return render(request, "orders/selling.html", context)
