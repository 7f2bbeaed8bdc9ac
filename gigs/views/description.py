"""The Description & FAQ tab, where milestones are built (R-GIG-4 to R-GIG-7).

Every button of the builder posts the whole form and gets it back changed; htmx only makes that quick. A draft is
stored at each step, so that nothing typed is ever lost.
"""

from dataclasses import dataclass
from typing import Any

from gigs.drafts import Seen
from gigs.forms.rows import FormRows
from gigs.forms.workflow import WorkflowForms, add_stage, add_substep, fit_to_price, split_evenly
from gigs.models import Gig
from gigs.selectors import eligibility_failures, milestone_places, packages_of
from gigs.services.describing import check_first_milestone, save_description
from gigs.views.beginning import Beginning
from gigs.views.editor import Desk
from gigs.views.saving import Sheet
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid, ManyInvalid
from marketplace.kernel.money import Money, basis_points
from marketplace.web.numbers import read_number
from milestones.enums import PackageTier
from milestones.errors import SubcategoryExcluded


class DescriptionSheet(Sheet[WorkflowForms]):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.beginning = Beginning(desk)

    def stored(self) -> WorkflowForms:
        return WorkflowForms.of(self.desk.gig)

    def bind(self, rows: FormRows) -> WorkflowForms:
        return WorkflowForms(self.desk.gig, rows)

    def tidy(self, rows: FormRows) -> None:
        rows.drop_blank("faq", "question", "answer")

    def act(self, rows: FormRows, action: str) -> list[Invalid]:
        refused = self.beginning.act(rows, action)
        return _act(self.desk.gig, rows, action) if refused is None else refused

    def store(self, forms: WorkflowForms, seen: Seen | None) -> list[Invalid]:
        return save_description(
            gig=self.desk.gig,
            seller=self.desk.seller,
            description=forms.description,
            faq=[entry for entry in forms.faq_drafts if entry.question or entry.answer],
            design=forms.design,
            now=clock.now(),
            seen=seen,
        )

    def context(self, forms: WorkflowForms) -> dict[str, Any]:
        barred = eligibility_failures(self.desk.gig, policy=self.desk.policy)
        elsewhere = any(isinstance(each, SubcategoryExcluded) for each in barred)
        return {
            "forms": forms,
            "preview": _preview(self.desk, forms),
            "barred": barred,
            "places": milestone_places() if elsewhere else [],
            "can_add": len(forms.stages.forms) < self.desk.policy.gig_max_milestones,
            **self.beginning.context(forms),
        }


def _act(gig: Gig, rows: FormRows, action: str) -> list[Invalid]:
    """Change the rows as a button said; returns why it may not."""
    match action.split():
        case ["add", "stages"]:
            return _add_stage(gig, rows)
        case ["add", prefix] if prefix.startswith("stages-"):
            index = read_number(prefix.split("-")[1])
            add_substep(rows, gig, rows.count("stages") if index is None else index)
        case [("split" | "fit") as verb, tier]:
            divide = split_evenly if verb == "split" else fit_to_price
            for package in packages_of(gig):
                if package.tier == tier:
                    divide(rows, PackageTier(tier), package.money)
        case _:
            rows.act(action)
    return []


def _add_stage(gig: Gig, rows: FormRows) -> list[Invalid]:
    if not rows.count("stages"):
        try:
            check_first_milestone(gig=gig, now=clock.now())
        except ManyInvalid as refused:
            return refused.errors
    add_stage(rows, gig)
    return []


@dataclass(frozen=True, slots=True)
class PreviewStep:
    name: str
    days: int
    price: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """What buyers of one package will see, and what the seller earns from it."""

    tier: PackageTier
    steps: list[PreviewStep]
    total: Money
    commission: Money
    stated_days: int  # on the Pricing tab

    @property
    def days(self) -> int:
        return sum(step.days for step in self.steps)

    @property
    def earned(self) -> Money:
        return self.total - self.commission


def _preview(desk: Desk, forms: WorkflowForms) -> Preview | None:
    if not forms.prices:
        return None
    wanted = desk.request.POST.get("show") or desk.request.GET.get("show")
    tier = next((each for each in forms.tiers if each == wanted), forms.tiers[0])
    currency = forms.prices[tier].currency
    steps = [
        PreviewStep(stage.shown_name or f"Milestone {number}", part.days, Money(part.part, currency))
        for number, stage in enumerate(forms.stages.forms, start=1)
        if (part := stage.part_in(tier))
    ]
    total = forms.prices[tier]
    commission = Money(basis_points(total.amount, desk.policy.commission_bp), currency)
    stated = next(package.delivery_days for package in packages_of(desk.gig) if package.tier == tier)
    return Preview(tier, steps, total, commission, stated)
