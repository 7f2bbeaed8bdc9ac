"""The gig editor: its tabs, pictures and publishing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from gigs.enums import GigState, Tab
from gigs.errors import NotReady
from gigs.forms.tabs import AltForm, ImageForm
from gigs.selectors import own_gig
from gigs.services.gallery import MOST_IMAGES, add_image, describe_image, move_image, remove_image
from gigs.services.publishing import publish_gig
from gigs.views.description import DescriptionSheet
from gigs.views.editor import Desk, open_desk
from gigs.views.requests import SignedIn
from gigs.views.saving import Sheet
from gigs.views.tabs import OverviewSheet, PricingSheet, RequirementsSheet
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.web.forms import add_domain_error
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


def gallery(request: SignedIn, desk: Desk) -> HttpResponse:
    """Add a picture; "continue" adds what was begun and goes on, so that nothing chosen or typed is dropped."""
    going_on = request.POST.get("action") == "continue"
    if going_on and not request.FILES and not request.POST.get("alt", "").strip():
        return redirect(desk.address(desk.next_tab))
    form = ImageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            content, alt = form.cleaned_data["image"], form.cleaned_data["alt"]
            add_image(gig=desk.gig, seller=desk.seller, content=content, alt=alt)
        except Invalid as refused:
            add_domain_error(form, refused)
        else:
            messages.success(request, "Picture added.")
            return redirect(desk.address(desk.next_tab if going_on else Tab.GALLERY))
    context = {"form": form, "room": MOST_IMAGES - len(desk.gig.images.all()), "lacking": desk.lacking}
    return desk.show(context, status=422 if form.errors else 200)


@login_required
@require_POST
def change_image(request: SignedIn, public_id: str, image_id: str) -> HttpResponse:
    """One button of a picture: describe, move, remove."""
    seller = request.user
    gig = own_gig(public_id=public_id, seller=seller)
    match request.POST.get("action"):
        case "up":
            move_image(gig=gig, seller=seller, public_id=image_id, by=-1)
        case "down":
            move_image(gig=gig, seller=seller, public_id=image_id, by=1)
        case "remove":
            remove_image(gig=gig, seller=seller, public_id=image_id)
        case _:
            form = AltForm(request.POST)
            if form.is_valid():
                describe_image(gig=gig, seller=seller, public_id=image_id, alt=form.cleaned_data["alt"])
            else:
                messages.error(request, "Say in a few words what the picture shows.")
    return redirect("gigs:edit", public_id, Tab.GALLERY.value)


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
