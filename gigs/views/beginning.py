"""Templates on the Description & FAQ tab: to begin with one, and to keep what is there as one (R-GIG-4, R-GIG-8)."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from gigs.errors import TemplateUnknown
from gigs.forms.rows import FormRows
from gigs.forms.workflow import WorkflowForms, put_design
from gigs.models import Gig, WorkflowTemplate
from gigs.presenters import TemplateCard, template_cards
from gigs.selectors import days_of, prices_of
from gigs.selectors.templates import own_templates, platform_templates, template_for
from gigs.services.describing import check_first_milestone
from gigs.services.templates import keep_template
from gigs.views.editor import Desk
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid, ManyInvalid
from marketplace.kernel.money import Money
from milestones.enums import PackageTier
from milestones.fitting import DaysToFit, template_of_workflow, workflow_from_template

SESSION_KEY = "begin_with"
MOST_OWN = 6  # on the tab; all of them are in the library


def remember_template(request: HttpRequest, gig: Gig) -> None:
    """A gig that was begun from a template's page shows that template when its milestones' turn comes."""
    if wanted := request.GET.get("template"):
        request.session[SESSION_KEY] = {gig.public_id: wanted}


class Beginning:
    """What of templates the tab shows after a request: those to choose, one to confirm, one just kept."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.seller = desk.gig.seller
        self.asks: WorkflowTemplate | None = None
        self.kept: WorkflowTemplate | None = None

    def act(self, rows: FormRows, action: str) -> list[Invalid] | None:
        """Do what a button of templates said; None for other buttons, else why it may not."""
        match action.split():
            case ["template", public_id]:
                template = self._find(public_id)
                if rows.count("stages"):
                    self.asks = template
                    return []
                return self._begin(rows, template)
            case ["replace", public_id]:
                return self._begin(rows, self._find(public_id))
            case ["keep-template"]:
                return self._keep(rows)
        return None

    def context(self, forms: WorkflowForms) -> dict[str, Any]:
        """A link that asks for a template on a tab that has milestones asks first, as the button does."""
        if self.chosen and forms.stages.forms and self.desk.request.method != "POST":
            self.asks = self.chosen
        asks = TemplateCard(self.asks, self._prices, self._days) if self.asks else None
        focus = {"focus": "keep-mine"} if asks else {}
        return {"beginning": self, "asks": asks, "kept_template": self.kept} | focus

    @cached_property
    def chosen(self) -> WorkflowTemplate | None:
        """What a link in the library asks for, now or when the gig was begun."""
        begun = self.desk.request.session.get(SESSION_KEY, {}).get(self.desk.gig.public_id, "")
        wanted = self.desk.request.GET.get("template") or begun
        try:
            return self._find(wanted) if wanted else None
        except TemplateUnknown:
            return None

    @cached_property
    def cards(self) -> list[TemplateCard]:
        """What there is to choose: the template that was asked for, then one's own, then the platform's."""
        offered = [*own_templates(self.seller)[:MOST_OWN], *platform_templates(self.desk.gig.subcategory)]
        if self.chosen:
            offered = [self.chosen, *(each for each in offered if each != self.chosen)]
        return template_cards(offered, self._prices, self._days)

    @cached_property
    def _prices(self) -> dict[PackageTier, Money]:
        return prices_of(self.desk.gig)

    @cached_property
    def _days(self) -> DaysToFit:
        return DaysToFit(days_of(self.desk.gig), self.desk.policy.milestone_max_days)

    def _find(self, public_id: str) -> WorkflowTemplate:
        return template_for(seller=self.seller, public_id=public_id)

    def _begin(self, rows: FormRows, template: WorkflowTemplate) -> list[Invalid]:
        if self.desk.gig.workflow is None:
            try:
                check_first_milestone(gig=self.desk.gig, now=clock.now())
            except ManyInvalid as refused:
                return refused.errors
        put_design(rows, self.desk.gig, workflow_from_template(template.value, self._prices, self._days))
        self.desk.request.session.pop(SESSION_KEY, None)
        return []

    def _keep(self, rows: FormRows) -> list[Invalid]:
        """Keep what is on the page, saved or not."""
        forms = WorkflowForms(self.desk.gig, rows)
        if not forms.is_valid():
            return []
        try:
            self.kept = keep_template(
                seller=self.seller,
                name=rows.data.get("keep_as", ""),
                design=template_of_workflow(forms.design),
                subcategory=self.desk.gig.subcategory,
            )
        except Invalid as refused:
            refused.field = "keep_as"
            return [refused]
        rows.set("keep_as", "")
        return []
