"""A seller's time away: the days, and what runs on meanwhile. The owner's own: a team does not send its seller away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import AwayForm
from accounts.models import SellerProfile
from accounts.services import come_back, set_away
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from marketplace.web.forms import add_domain_error
from orders.presenters.insights.ahead import dates_before
from orders.presenters.insights.dashboard import running_sales
from orders.views.showing import signed_in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: HttpRequest) -> HttpResponse:
    seller = signed_in(request)
    profile = SellerProfile.objects.select_related("user").filter(user=seller).first()
    if profile is None:
        return redirect("accounts:sell")
    form = AwayForm(request.POST or None, initial=_stored(profile))
    if request.method == "POST" and form.is_valid():
        try:
            set_away(seller=seller, **form.cleaned_data, now=clock.now())
        except DomainError as refused:
            add_domain_error(form, refused)
        else:
            messages.success(request, "Saved. Your gigs say when you are back.")
            return redirect("selling:away")
    now = clock.now()
    planned = profile.away_ends is not None and now < profile.away_ends
    begins = profile.away_begins if planned else None
    dates = dates_before(profile.away_ends if planned else None, running_sales(seller, now=now), now=now)
    context = {
        "profile": profile,
        "form": form,
        "planned": planned,
        "before": [coming for coming in dates if begins and coming.at < begins],
        "dates": [coming for coming in dates if not begins or coming.at >= begins],
        "nav_section": "selling",
    }
    return render(request, "orders/away.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    try:
        come_back(seller=signed_in(request), now=clock.now())
    except DomainError as refused:
        messages.error(request, refused.message)
    except SellerProfile.DoesNotExist:
        return redirect("accounts:sell")
    else:
        messages.success(request, "You are here. Your gigs can be ordered.")
    return redirect("selling:away")


def _stored(profile: SellerProfile) -> dict[str, object]:
    """What the form begins with: an absence that lies ahead or goes on."""
    if profile.away_ends is None or clock.now() >= profile.away_ends:
        return {}
    return {"first": profile.away_from, "back": profile.away_until, "message": profile.away_message}
