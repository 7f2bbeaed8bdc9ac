"""What a page shows of a template: its rail, and each stage in the packages (R-GIG-4, R-GIG-8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from gigs.models import WorkflowTemplate
from marketplace.kernel.money import Money
from marketplace.web import durations
from milestones.designs import TemplateDesign, TemplateStage
from milestones.enums import PackageTier
from milestones.fitting import DaysToFit, workflow_from_template


@dataclass(frozen=True, slots=True)
class StageCell:
    """A stage in a package, or in all of them when the template knows none: days, and basis points of the price."""

    label: str
    days: int
    share: int


@dataclass(frozen=True, slots=True)
class StageRow:
    stage: TemplateStage
    cells: list[StageCell]


@dataclass(frozen=True)
class TemplateCard:
    """A template in a list or on its page. `prices` and `days`, of a gig, show what it would come to there."""

    template: WorkflowTemplate
    prices: Mapping[PackageTier, Money] = field(default_factory=dict)
    days: DaysToFit | None = None

    @cached_property
    def design(self) -> TemplateDesign:
        return self.template.value

    @property
    def is_platforms(self) -> bool:
        return self.template.is_platforms

    @property
    def count(self) -> int:
        return len(self.design.stages)

    @property
    def stones(self) -> list[dict[str, object]]:
        """One for each milestone, also of those that the gig's first package lacks."""
        return [{"state": "planned"} for _ in self.design.stages]

    @property
    def first_tier(self) -> PackageTier | None:
        """Whose prices the rail shows."""
        return next(iter(self.prices), None)

    @cached_property
    def posts(self) -> list[dict[str, object]]:
        """The stones of the rail: at the prices of the gig's first package, or with the time alone."""
        tier = self.first_tier
        if tier is None:
            return [_post(stage.name, _time(stage.days)) for stage in self.design.stages]
        fitted = workflow_from_template(self.design, self.prices, self.days)
        currency = self.prices[tier].currency
        return [
            _post(stage.name, f"{_time(part.days)} · {Money(part.part, currency)}")
            for stage, part in fitted.stages_of(tier)
        ]

    @cached_property
    def rows(self) -> list[StageRow]:
        return [StageRow(stage, _cells(stage)) for stage in self.design.stages]


def template_cards(
    templates: Iterable[WorkflowTemplate],
    prices: Mapping[PackageTier, Money] | None = None,
    days: DaysToFit | None = None,
) -> list[TemplateCard]:
    return [TemplateCard(template, prices or {}, days) for template in templates]


def _post(name: str, meta: str) -> dict[str, object]:
    return {"name": name or "Milestone without a name", "state": "planned", "meta": meta}


def _time(days: int) -> str:
    return durations.words(timedelta(days=days)) if days else "Time not said yet"


def _cells(stage: TemplateStage) -> list[StageCell]:
    if not stage.packages:
        return [StageCell("Every package", stage.days, stage.share)]
    return [StageCell(part.tier.label, part.days, part.share) for part in stage.packages]
