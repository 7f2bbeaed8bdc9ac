"""A sent version: its reader answers it, its author may take it back. Accepting leads to orders."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid, Unknown
from marketplace.web.forms import add_domain_error
from notifications.services.reading import mark_read_about
from offers import selectors, services
from offers.enums import OfferState
from offers.forms import DeclineForm
from offers.models import Offer
from offers.presenters import compare
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
    if found.state == OfferState.DRAFT:  # it has no page yet where anybody answers
        raise Unknown
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
def keep(request: SignedIn, public_id: str) -> HttpResponse:
    """The milestones as a template of the seller."""
    found = selectors.offer_for(viewer=request.user, public_id=public_id)
    try:
        template = services.keep_as_template(offer=found, actor=request.user, name=request.POST.get("name", ""))
    except Invalid as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"“{template.name}” is among your templates now.")
    return redirect(found)


@login_required
@require_POST
def remind(request: SignedIn, public_id: str) -> HttpResponse:
    found = selectors.offer_for(viewer=request.user, public_id=public_id)
    services.remind_reader(offer=found, actor=request.user)
    messages.success(request, f"{found.reader.first_name} has been reminded.")
    return redirect(found)


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


@login_required
@require_safe
def versions(request: SignedIn, public_id: str) -> HttpResponse:
    """All versions, and two of them beside each other: `?old=1&new=3`, or else this one and the one before."""
    viewer, now = request.user, clock.now()
    found = selectors.offer_for(viewer=viewer, public_id=public_id)
    chain = selectors.versions_of(offer=found, viewer=viewer)
    if not chain:
        raise Unknown
    sheets = [make_sheet(offer=version, viewer=viewer, now=now) for version in chain]
    old, new = _chosen(chain, found, request.GET)
    context = {
        "offer": found,
        "chain": sheets,
        "found": compare(old=old, new=new, side=sheets[0].side) if old != new else None,
        "crumbs": [
            {"label": f"Conversation with {sheets[0].other.first_name}", "href": found.conversation.latest_url},
            {"label": "Offer", "href": found.get_absolute_url()},
            {"label": "Versions"},
        ],
        "nav_section": "inbox",
    }
    mark_read_about(reader=viewer, pages=[version.get_absolute_url() for version in chain], shown_at=now)
    return render(request, "offers/versions.html", context)


def _chosen(chain: list[Offer], found: Offer, query: QueryDict) -> tuple[Offer, Offer]:
    """The two versions asked for by number, the older first; what was not asked for is this one and the one before."""
    by_number = {str(version.version): version for version in chain}
    new = by_number.get(query.get("new", ""), found if found in chain else chain[-1])
    place = chain.index(new)
    old = by_number.get(query.get("old", ""), chain[max(0, place - 1)] if place else chain[min(1, len(chain) - 1)])
    first, second = sorted((old, new), key=lambda version: version.version)
    return first, second


def _page(request: SignedIn, offer: Offer, form: DeclineForm) -> HttpResponse:
    viewer, now = request.user, clock.now()
    sheet = make_sheet(offer=offer, viewer=viewer, now=now)
    status = 422 if form.errors else 200
    crumbs = [
        {"label": f"Conversation with {sheet.other.first_name}", "href": offer.conversation.latest_url},
        {"label": "Offer"},
    ]
    chain = selectors.versions_of(offer=offer, viewer=viewer) if offer.replaces_id else []
    before = chain[: chain.index(offer)] if chain else []
    context = {
        "sheet": sheet,
        "offer": offer,
        "form": form,
        "found": compare(old=before[-1], new=offer, side=sheet.side) if before else None,
        "crumbs": crumbs,
        "nav_section": "inbox",
    }
    mark_read_about(reader=viewer, pages=[version.get_absolute_url() for version in (*before, offer)], shown_at=now)
    return render(request, "offers/offer.html", context, status=status)
