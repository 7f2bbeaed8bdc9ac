"""A seller's earnings: where they are, when they come, and the same as a file (R-PAY-5)."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import is_seller
from marketplace.kernel import clock
from payments.earnings import earnings_of


@login_required
@require_safe
def earnings(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if not is_seller(user):
        return redirect("accounts:sell")
    return render(request, "payments/earnings.html", {"rows": earnings_of(user, now=clock.now())})


@login_required
@require_safe
def earnings_csv(request: HttpRequest) -> HttpResponse:
    return redirect("payments:earnings")
