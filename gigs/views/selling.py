"""The gig editor: its tabs and publishing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from gigs.enums import GigState, Tab
from gigs.errors import NotReady
from gigs.services.publishing import publish_gig
from gigs.views.description import DescriptionSheet
from gigs.views.editor import Desk, open_desk
from gigs.views.gallery import gallery
from gigs.views.requests import SignedIn
from gigs.views.saving import Sheet
from gigs.views.tabs import OverviewSheet, PricingSheet, RequirementsSheet
from marketplace.kernel import clock
from marketplace.web.kept import signed_in_keeping

SHEETS: dict[Tab, Callable[[Desk], Sheet[Any]]] = {
    Tab.OVERVIEW: OverviewSheet,
    Tab.PRICING: PricingSheet,
    Tab.DESCRIPTION: DescriptionSheet,
    Tab.REQUIREMENTS: RequirementsSheet,
}


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, public_id: str, tab: str) -> HttpResponse:
    if tab not in Tab.values:
        raise Http404
    desk = open_desk(request, public_id, Tab(tab))
    if desk.gig.state == GigState.ARCHIVED and desk.tab != Tab.PUBLISH and request.method != "POST":
        return redirect(desk.address(Tab.PUBLISH))  # where it says so and can be brought back
    if desk.tab in SHEETS:
        return SHEETS[desk.tab](desk).serve()
    return gallery(request, desk) if desk.tab == Tab.GALLERY else publish(request, desk)


def publish(request: SignedIn, desk: Desk) -> HttpResponse:
    """The check-list; posting publishes, or says what is missing."""
    if request.method != "POST":
        return desk.show({})
    try:
        publish_gig(gig=desk.gig, seller=desk.seller, now=clock.now())
    except NotReady as refused:
        return desk.show({"refused": refused.errors}, status=422)
    messages.success(request, "Your gig is active: buyers can find and order it.")
    return redirect(desk.gig)
