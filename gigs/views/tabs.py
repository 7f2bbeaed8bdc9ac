"""The tabs Overview, Pricing and Requirements, and the beginning of a gig."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.selectors import is_seller
from gigs.enums import Tab
from gigs.errors import OnlySellers
from gigs.forms.rows import FormRows
from gigs.forms.tabs import OverviewForm, PricingForms, RequirementForms
from gigs.services.editing import create_gig, save_overview, save_pricing, save_requirements
from gigs.views.editor import Desk, attempt
from gigs.views.requests import SignedIn
from marketplace.kernel import clock


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    if not is_seller(request.user):
        messages.info(request, OnlySellers.sentence)
        return redirect("accounts:sell")
    form = OverviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        gig = create_gig(seller=request.user, **form.cleaned_data)
        return redirect("gigs:edit", gig.public_id, Tab.PRICING.value)
    context = {"form": form, "nav_section": "selling"}
    return render(request, "gigs/new.html", context, status=422 if form.errors else 200)


def overview(request: SignedIn, desk: Desk) -> HttpResponse:
    form = OverviewForm(request.POST or None, initial=OverviewForm.initial_of(desk.gig))
    if request.method == "POST" and form.is_valid():
        save_overview(gig=desk.gig, seller=desk.seller, **form.cleaned_data, now=clock.now())
        return desk.onward()
    return desk.show({"form": form}, status=422 if form.errors else 200)


def pricing(request: SignedIn, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        stored = PricingForms.of(desk.gig)
        stored.place(desk.lacking)
        return desk.show({"forms": stored})
    forms = PricingForms(request.POST, currency=desk.gig.currency)
    if not forms.is_valid():
        return desk.show({"forms": forms}, status=422)
    save = partial(save_pricing, gig=desk.gig, seller=desk.seller, packages=forms.drafts, now=clock.now())
    lacking, saved = attempt(save)
    if not lacking:
        return desk.onward()
    forms.place(lacking)
    return desk.show_again({"forms": forms}, saved=saved)


def requirements(request: SignedIn, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        stored = RequirementForms.of(desk.gig)
        stored.place(desk.lacking)
        return desk.show({"forms": stored})
    rows = FormRows(request.POST)
    action = request.POST.get("action", "")
    if rows.act(action):
        return desk.show({"forms": RequirementForms(rows)}, part="rows" if request.htmx else "")
    rows.drop_blank(RequirementForms.prefix, "question", "options")
    forms = RequirementForms(rows)
    if not forms.is_valid():
        return desk.show({"forms": forms}, status=422)
    lacking, saved = attempt(partial(save_requirements, gig=desk.gig, seller=desk.seller, requirements=forms.drafts))
    if not lacking:
        return desk.onward()
    forms.place(lacking)
    return desk.show_again({"forms": forms}, saved=saved)
