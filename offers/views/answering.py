"""A sent version: its reader answers it, its author may take it back. Accepting leads to orders."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.web.forms import add_domain_error
from offers import selectors, services
from offers.enums import OfferState
from offers.forms import DeclineForm
from offers.models import Offer
from offers.sheets import make_sheet
from offers.views import SignedIn


@login_required
@require_safe
def offer_page(request: SignedIn, public_id: str) -> HttpResponse:
    found = selectors.offer_for(viewer=request.user, public_id=public_id)
    if found.state == OfferState.DRAFT:
        return redirect("offers:edit", public_id)
    return _page(request, found, DeclineForm())


@login_required
@require_POST
def decline(request: SignedIn, public_id: str) -> HttpResponse:
    reader = request.user
    found = selectors.offer_for(viewer=reader, public_id=public_id)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        services.decline_offer(offer=found, actor=reader, reason=form.cleaned_data["reason"])
    except Invalid as refusal:
        add_domain_error(form, refusal)
        return _page(request, found, form)
    messages.success(request, f"Declined. {found.author.first_name} has been told; nothing was charged.")
    return redirect(found.conversation.latest_url)


@login_required
@require_POST
def withdraw(request: SignedIn, public_id: str) -> HttpResponse:
    author = request.user
    found = selectors.offer_for(viewer=author, public_id=public_id)
    services.withdraw_offer(offer=found, actor=author)
    messages.success(request, f"Taken back. {found.reader.first_name} has been told and can’t answer it any more.")
    return redirect(found.conversation.latest_url)


@login_required
@require_POST
def agree(request: SignedIn, public_id: str) -> HttpResponse:
    """The seller sends a counter-offer back as an offer; what stops it is mended in the composer."""
    seller = request.user
    found = selectors.offer_for(viewer=seller, public_id=public_id)
    try:
        sent = services.send_on_these_terms(offer=found, seller=seller)
    except Invalid as refusal:
        messages.error(request, f"{refusal.message} Change that in a version of your own.")
        return redirect(found)
    messages.success(request, f"Sent. {found.buyer.first_name} can accept and pay version {sent.version} now.")
    return redirect(found.conversation.latest_url)


def _page(request: SignedIn, offer: Offer, form: DeclineForm) -> HttpResponse:
    sheet = make_sheet(offer=offer, viewer=request.user, now=clock.now())
    status = 422 if form.errors else 200
    crumbs = [
        {"label": f"Conversation with {sheet.other.first_name}", "href": offer.conversation.latest_url},
        {"label": "Offer"},
    ]
    context = {"sheet": sheet, "offer": offer, "form": form, "crumbs": crumbs, "nav_section": "inbox"}
    return render(request, "offers/offer.html", context, status=status)
