"""The tabs Overview, Pricing and Requirements, and the beginning of a gig."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import working_for
from accounts.selectors import is_seller
from gigs.drafts import Seen
from gigs.enums import Tab
from gigs.errors import OnlySellers
from gigs.forms.rows import FormRows
from gigs.forms.tabs import OverviewForm, PricingForms, RequirementForms
from gigs.rules import title_failures
from gigs.selectors import milestone_plans
from gigs.services.editing import create_gig, save_overview, save_pricing, save_requirements
from gigs.views.beginning import remember_template
from gigs.views.requests import SignedIn
from gigs.views.saving import Sheet
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.web.kept import signed_in_keeping, typed
from milestones.enums import PackageTier
from milestones.services.policies import policies_in_force
from milestones.terms import PlanTerms


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    seller = working_for(request)
    if not is_seller(seller):
        messages.info(request, OnlySellers.sentence)
        return redirect("accounts:sell")
    policy = policies_in_force(now=clock.now()).get(seller.seller.currency)
    form = OverviewForm(typed(request), milestones=bool(policy and policy.gig_max_milestones))
    if request.method == "POST" and form.is_valid():
        form.place(title_failures(form.cleaned_data["title"]))  # a draft may have any title, but here is none yet
    if request.method == "POST" and form.is_valid():
        gig = create_gig(seller=seller, by=request.user, **form.cleaned_data)
        remember_template(request, gig)
        return redirect("gigs:edit", gig.public_id, Tab.PRICING.value)
    context = {"form": form, "nav_section": "selling"}
    return render(request, "gigs/new.html", context, status=422 if request.method == "POST" else 200)


class OverviewSheet(Sheet[OverviewForm]):
    def stored(self) -> OverviewForm:
        return self._form(OverviewForm.stored(self.desk.gig))

    def bind(self, rows: FormRows) -> OverviewForm:
        return self._form(rows.data)

    def store(self, forms: OverviewForm, seen: Seen | None) -> list[Invalid]:
        desk = self.desk
        return save_overview(gig=desk.gig, seller=desk.seller, **forms.cleaned_data, now=clock.now(), seen=seen)

    def _form(self, data: Any) -> OverviewForm:
        return OverviewForm(data, milestones=self.desk.policy.gig_max_milestones > 0)


class PricingSheet(Sheet[PricingForms]):
    def stored(self) -> PricingForms:
        return PricingForms.of(self.desk.gig, plans=self._plans)

    def bind(self, rows: FormRows) -> PricingForms:
        return PricingForms(rows.data, currency=self.desk.gig.currency, plans=self._plans)

    def act(self, rows: FormRows, action: str) -> list[Invalid]:
        """Its one button empties a package that isn't offered."""
        match action.split():
            case ["clear", tier] if tier in PackageTier.values:
                for key in [key for key in rows.data if key.startswith(f"{tier}-")]:
                    del rows.data[key]
        return []

    def store(self, forms: PricingForms, seen: Seen | None) -> list[Invalid]:
        desk = self.desk
        return save_pricing(gig=desk.gig, seller=desk.seller, packages=forms.drafts, now=clock.now(), seen=seen)

    @cached_property
    def _plans(self) -> dict[PackageTier, PlanTerms]:
        return milestone_plans(self.desk.gig, policy=self.desk.policy)


class RequirementsSheet(Sheet[RequirementForms]):
    def stored(self) -> RequirementForms:
        return RequirementForms.of(self.desk.gig)

    def bind(self, rows: FormRows) -> RequirementForms:
        return RequirementForms(rows)

    def tidy(self, rows: FormRows) -> None:
        rows.drop_blank(RequirementForms.prefix, "question", "options")

    def store(self, forms: RequirementForms, seen: Seen | None) -> list[Invalid]:
        desk, now = self.desk, clock.now()
        asked = [each for each in forms.drafts if each.question or each.options]
        return save_requirements(gig=desk.gig, seller=desk.seller, requirements=asked, now=now, seen=seen)
