"""The seller's own gigs: the list, the editor's tabs, pictures, publishing and pausing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import working_for
from gigs.enums import Tab
from gigs.errors import NotReady
from gigs.forms.tabs import AltForm, ImageForm
from gigs.selectors import own_gig, own_gigs
from gigs.selectors.browsing import as_cards
from gigs.services.gallery import MOST_IMAGES, add_image, describe_image, move_image, remove_image
from gigs.services.publishing import pause_gig, publish_gig
from gigs.views.description import DescriptionSheet
from gigs.views.editor import Desk, open_desk
from gigs.views.requests import SignedIn
from gigs.views.tabs import OverviewSheet, PricingSheet, RequirementsSheet
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.web.forms import add_domain_error
from marketplace.web.kept import signed_in_keeping
from milestones.services.policies import policies_in_force

PER_PAGE = 20


@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    gigs = as_cards(own_gigs(working_for(request)), policies=policies_in_force(now=clock.now()))
    page = Paginator(gigs, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "gigs/mine.html", {"page": page, "nav_section": "selling"})


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, public_id: str, tab: str) -> HttpResponse:
    if tab not in Tab.values:
        raise Http404
    desk = open_desk(request, public_id, Tab(tab))
    match desk.tab:
        case Tab.OVERVIEW:
            return OverviewSheet(desk).serve()
        case Tab.PRICING:
            return PricingSheet(desk).serve()
        case Tab.DESCRIPTION:
            return DescriptionSheet(desk).serve()
        case Tab.REQUIREMENTS:
            return RequirementsSheet(desk).serve()
        case Tab.GALLERY:
            return gallery(request, desk)
        case Tab.PUBLISH:
            return publish(request, desk)


def gallery(request: SignedIn, desk: Desk) -> HttpResponse:
    form = ImageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            content, alt = form.cleaned_data["image"], form.cleaned_data["alt"]
            add_image(gig=desk.gig, seller=desk.seller, content=content, alt=alt)
        except Invalid as refused:
            add_domain_error(form, refused)
        else:
            messages.success(request, "Picture added.")
            return redirect(desk.address(Tab.GALLERY))
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


@login_required
@require_POST
def pause(request: SignedIn, public_id: str) -> HttpResponse:
    seller = request.user
    pause_gig(gig=own_gig(public_id=public_id, seller=seller), seller=seller)
    messages.success(request, "Paused. Orders that are running go on; nobody can place a new one.")
    return redirect("gigs:edit", public_id, Tab.PUBLISH.value)
