"""Where a seller is paid: how the account at Stripe stands, and the ways to Stripe's own pages (R-PAY-5)."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.selectors import is_seller
from marketplace.kernel import clock
from notifications.services.reading import mark_read_about
from payments.forms import PayoutCountryForm
from payments.models import ConnectedAccount
from payments.presenters.payouts import account_page
from payments.services.onboarding import begin_onboarding, look_at_account, open_dashboard


@never_cache
@login_required
@require_safe
def payouts(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if not is_seller(user):
        return redirect("accounts:sell")
    return _page(request, PayoutCountryForm(initial={"country": user.seller.country}))


@login_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """To Stripe's page, for the first time or to go on there."""
    user = cast(User, request.user)
    account = ConnectedAccount.objects.filter(user=user).exclude(stripe_id=None).first()
    form = PayoutCountryForm(request.POST)
    if account is None and not form.is_valid():
        return _page(request, form, status=422)
    address = begin_onboarding(
        user=user,
        country=account.country if account else form.cleaned_data["country"],
        return_url=request.build_absolute_uri(reverse("payments:payouts_back")),
        refresh_url=request.build_absolute_uri(reverse("payments:payouts_again")),
        now=clock.now(),
    )
    return redirect(address)


@login_required
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """From Stripe's page. What the seller did there, Stripe says; coming back proves nothing."""
    look_at_account(user=cast(User, request.user))
    return redirect("payments:payouts")


@login_required
@require_safe
def again(request: HttpRequest) -> HttpResponse:
    """Stripe sends those here whose link was used or too old."""
    messages.info(request, "That link to Stripe was used up. Press the button for a new one.")
    return redirect("payments:payouts")


@login_required
@require_POST
def dashboard(request: HttpRequest) -> HttpResponse:
    return redirect(open_dashboard(user=cast(User, request.user)))


def _page(request: HttpRequest, form: PayoutCountryForm, status: int = 200) -> HttpResponse:
    user, now = cast(User, request.user), clock.now()
    page = account_page(user, now=now)
    mark_read_about(reader=user, pages=[reverse("payments:payouts")], shown_at=now)
    return render(request, "payments/payouts.html", {"form": form, "page": page}, status=status)
