"""Where every cent of an order is (R-PAY-8)."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.kernel import clock
from orders.presenters.whereabouts import whereabouts_of
from orders.views.showing import find_order, signed_in


@login_required
@never_cache
@require_safe
def money(request: HttpRequest, public_id: str) -> HttpResponse:
    page = whereabouts_of(find_order(request, public_id), signed_in(request), now=clock.now())
    return render(request, "orders/money.html", {"page": page})
