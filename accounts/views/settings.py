"""One's own settings, seller profile and API tokens."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.countries import COUNTRIES
from accounts.forms import BillingForm, PersonForm, SellerForm, TokenForm
from accounts.models import SellerProfile, User
from accounts.selectors import billing_of, is_paid_to, is_seller, tokens_in_use
from accounts.services import become_seller, issue_token, revoke_token, update_billing, update_person, update_seller
from marketplace.kernel import clock


class SignedIn(HttpRequest):
    """A request behind `login_required`."""

    user: User


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: SignedIn) -> HttpResponse:
    form = PersonForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        update_person(user=request.user, **form.cleaned_data)
        messages.success(request, "Your settings are saved.")
        return redirect("accounts:settings")
    return render(request, "accounts/profile.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def sell(request: SignedIn) -> HttpResponse:
    """Become a seller; for a seller it leads to the profile."""
    if is_seller(request.user):
        return redirect("accounts:seller")
    form = SellerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        become_seller(user=request.user, **form.cleaned_data, now=clock.now())
        messages.success(request, "You are a seller now. Next, make your first gig.")
        _warn_of_country(request, form.cleaned_data["country"])
        return redirect(settings.SELLER_START_URL)
    return render(request, "accounts/sell.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def seller(request: SignedIn) -> HttpResponse:
    own = SellerProfile.objects.filter(user=request.user).first()
    if own is None:
        return redirect("accounts:sell")
    form = SellerForm(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        update_seller(profile=own, **form.cleaned_data)
        messages.success(request, "Your seller profile is saved.")
        if "country" in form.changed_data:
            _warn_of_country(request, form.cleaned_data["country"])
        return redirect("accounts:seller")
    return render(request, "accounts/seller.html", {"form": form, "profile": own})


def _warn_of_country(request: SignedIn, country: str) -> None:
    """Before any work is done, rather than after (R-PAY-5)."""
    if not is_paid_to(country):
        words = 'Stripe doesn’t let us pay to banks in {}. <a href="{}">What you can do, before you take an order</a>'
        messages.warning(request, format_html(words, COUNTRIES[country], reverse("payments:payouts")))


@login_required
@require_http_methods(["GET", "POST"])
def billing(request: SignedIn) -> HttpResponse:
    """What the next invoices and statements say about oneself."""
    form = BillingForm(request.POST or None, instance=billing_of(request.user))
    if request.method == "POST" and form.is_valid():
        update_billing(user=request.user, **form.cleaned_data, now=clock.now())
        messages.success(request, "Saved. Your next invoices say so; those you have stay as they are.")
        return redirect("accounts:billing")
    return render(request, "accounts/billing.html", {"form": form})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: SignedIn) -> HttpResponse:
    """The tokens in use. After making one, this answer alone shows its secret."""
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _, secret = issue_token(user=request.user, name=form.cleaned_data["name"], now=clock.now())
        form = TokenForm()
    context = {"form": form, "secret": secret, "tokens": tokens_in_use(request.user)}
    return render(request, "accounts/tokens.html", context)


@login_required
@require_POST
def revoke(request: SignedIn, public_id: str) -> HttpResponse:
    token = revoke_token(user=request.user, public_id=public_id, now=clock.now())
    messages.success(request, f"“{token.name}” can’t be used any more.")
    return redirect("accounts:tokens")
