"""The library of templates: those of the seller one works for and the platform's (R-GIG-4, R-GIG-8)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import working_for
from accounts.selectors import is_seller
from gigs.enums import GigState
from gigs.errors import OnlySellers
from gigs.forms.templates import TemplateNameForm
from gigs.models import WorkflowTemplate
from gigs.presenters import TemplateCard, template_cards
from gigs.selectors import own_gigs
from gigs.selectors.templates import own_template, own_templates, platform_templates, template_for
from gigs.services.templates import copy_template, delete_template, rename_template
from gigs.views.requests import SignedIn
from marketplace.kernel.errors import Invalid
from marketplace.web.forms import add_domain_error

PER_PAGE = 12
MOST_DRAFTS = 20


@login_required
@require_safe
def library(request: SignedIn) -> HttpResponse:
    seller = working_for(request)
    if not is_seller(seller):
        messages.info(request, OnlySellers.sentence)
        return redirect("accounts:sell")
    page = Paginator(own_templates(seller), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "own": template_cards(page),
        "shipped": template_cards(platform_templates()),
        "nav_section": "selling",
    }
    return render(request, "gigs/templates/library.html", context)


@login_required
@require_safe
def template(request: SignedIn, public_id: str) -> HttpResponse:
    found = template_for(seller=working_for(request), public_id=public_id)
    return _page(request, found, TemplateNameForm(initial={"name": found.name, "description": found.description}))


@login_required
@require_POST
def rename(request: SignedIn, public_id: str) -> HttpResponse:
    seller = working_for(request)
    found = own_template(seller=seller, public_id=public_id)
    form = TemplateNameForm(request.POST)
    if form.is_valid():
        try:
            rename_template(template=found, seller=seller, **form.cleaned_data)
        except Invalid as refused:
            add_domain_error(form, refused)
        else:
            messages.success(request, "Saved.")
            return redirect(found)
    return _page(request, found, form, status=422)


@login_required
@require_POST
def copy(request: SignedIn, public_id: str) -> HttpResponse:
    seller = working_for(request)
    made = copy_template(template=template_for(seller=seller, public_id=public_id), seller=seller)
    messages.success(request, f"Copied: “{made.name}” is yours.")
    return redirect(made)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedIn, public_id: str) -> HttpResponse:
    """Asks first, on a page of its own."""
    seller = working_for(request)
    found = own_template(seller=seller, public_id=public_id)
    if request.method != "POST":
        context = {"card": TemplateCard(found), "nav_section": "selling"}
        return render(request, "gigs/templates/delete.html", context)
    delete_template(template=found, seller=seller)
    messages.success(request, f"“{found.name}” is deleted. The gigs and offers that began with it are as they were.")
    return redirect("gigs:templates")


def _page(request: SignedIn, found: WorkflowTemplate, form: TemplateNameForm, *, status: int = 200) -> HttpResponse:
    seller = working_for(request)
    context = {
        "card": TemplateCard(found),
        "form": form,
        "drafts": own_gigs(seller).filter(state=GigState.DRAFT)[:MOST_DRAFTS],
        "sells": is_seller(seller),
        "nav_section": "selling",
    }
    return render(request, "gigs/templates/template.html", context, status=status)
