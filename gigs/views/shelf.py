"""The seller's own gigs: the list and the archive, and what is done to a whole gig."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import working_for
from gigs.enums import GigState, Tab
from gigs.selectors import own_gig, own_gigs
from gigs.selectors.browsing import as_cards
from gigs.services.copying import duplicate_gig
from gigs.services.publishing import archive_gig, bring_back_gig, pause_gig
from gigs.views.requests import SignedIn
from marketplace.kernel import clock
from milestones.services.policies import policies_in_force

PER_PAGE = 20


@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """The gigs at work, or with `?archived=1` those that were put away."""
    gigs, archived = own_gigs(working_for(request)), "archived" in request.GET
    put_away = gigs.filter(state=GigState.ARCHIVED)
    shown = put_away if archived else gigs.exclude(state=GigState.ARCHIVED)
    page = Paginator(
        as_cards(shown.select_related("subcategory"), policies=policies_in_force(now=clock.now())), PER_PAGE
    )
    context = {
        "page": page.get_page(request.GET.get("page")),
        "archived": archived,
        "archive_count": put_away.count(),
        "nav_section": "selling",
    }
    return render(request, "gigs/mine.html", context)


@login_required
@require_POST
def pause(request: SignedIn, public_id: str) -> HttpResponse:
    seller = request.user
    pause_gig(gig=own_gig(public_id=public_id, seller=seller), seller=seller)
    messages.success(request, "Paused. Orders that are running go on; nobody can place a new one.")
    return redirect("gigs:edit", public_id, Tab.PUBLISH.value)


@login_required
@require_POST
def archive(request: SignedIn, public_id: str) -> HttpResponse:
    seller = request.user
    archive_gig(gig=own_gig(public_id=public_id, seller=seller), seller=seller)
    where = format_html('<a href="{}?archived=1">See the archive</a>', reverse("gigs:mine"))
    messages.success(request, format_html("Archived. Orders that are running go on. {}", where))
    return redirect("gigs:mine")


@login_required
@require_POST
def bring_back(request: SignedIn, public_id: str) -> HttpResponse:
    seller = request.user
    gig = bring_back_gig(gig=own_gig(public_id=public_id, seller=seller), seller=seller)
    messages.success(request, f"Brought back. It is {gig.get_state_display().lower()}: buyers don’t see it yet.")
    return redirect("gigs:edit", public_id, Tab.PUBLISH.value)


@login_required
@require_POST
def duplicate(request: SignedIn, public_id: str) -> HttpResponse:
    seller = request.user
    copy = duplicate_gig(gig=own_gig(public_id=public_id, seller=seller), seller=seller)
    messages.success(request, "This is the copy. Give it a title of its own; nobody sees it before you publish it.")
    return redirect("gigs:edit", copy.public_id, Tab.OVERVIEW.value)
