"""Forms of the Description & FAQ tab: text, questions, and milestones with their packages and substeps (R-GIG-5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet, formset_factory

from gigs.drafts import FaqDraft
from gigs.fields import DraftForm, LinesField
from gigs.forms.placing import Placing
from gigs.forms.rows import MOST_ROWS, FormRows
from gigs.forms.tabs import MOST_DAYS
from gigs.models import Gig, Package
from gigs.selectors import days_of, packages_of
from marketplace.kernel.money import Money, allocate
from marketplace.web.forms import DaysField, MoneyField
from milestones.designs import PackagePart, StageDesign, SubstepDesign, WorkflowDesign
from milestones.enums import PackageTier
from milestones.selectors import design_of


class FaqForm(DraftForm):
    needed = ("question", "answer")

    question = forms.CharField(max_length=160, required=False)
    answer = forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class SubstepForm(forms.Form):
    name = forms.CharField(label="Substep", max_length=80, required=False)
    tiers = forms.MultipleChoiceField(label="Packages", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, tiers: Sequence[PackageTier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tiers"].choices = [(tier.value, tier.label) for tier in tiers]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Cell:
    """A milestone in a package: whether it is there, for how many days and which part of the price."""

    tier: PackageTier
    inside: BoundField
    days: BoundField
    part: BoundField

    @property
    def errors(self) -> list[str]:
        return [*self.days.errors, *self.part.errors]


@dataclass(frozen=True, slots=True)
class Column:
    """A package under the matrix of parts: its price and what of it is assigned, its days and what Pricing says."""

    tier: PackageTier
    price: Money
    assigned: Money
    days: int
    stated_days: int
    error: str

    @property
    def left(self) -> Money:
        return self.price - self.assigned

    @property
    def too_much(self) -> Money:
        return self.assigned - self.price

    @property
    def days_left(self) -> int:
        return self.stated_days - self.days

    @property
    def days_too_many(self) -> int:
        return self.days - self.stated_days


class StageForm(DraftForm):
    """One milestone, with a cell for each package of the gig and its substeps inside."""

    needed = ("name",)

    name = forms.CharField(max_length=80, required=False)
    description = forms.CharField(
        label="What the buyer gets", max_length=1200, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    criteria = LinesField(
        label="Done when",
        each=200,
        required=False,
        help_text="One a line, each up to 200 characters. Buyers accept against these.",
    )
    video_call = forms.BooleanField(
        label="Offer a video call", required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )

    def __init__(self, *args: Any, tiers: Sequence[PackageTier], currency: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tiers = tiers
        self.understood: dict[str, Any] = {}
        for tier in tiers:
            self.fields[f"in_{tier}"] = forms.BooleanField(required=False, label=tier.label)
            self.fields[f"days_{tier}"] = DaysField(required=False, max_value=MOST_DAYS, label=f"Days in {tier.label}")
            self.fields[f"part_{tier}"] = MoneyField(required=False, label=f"Part of {tier.label}", currency=currency)
            self.fields[f"part_{tier}"].widget.attrs["data-part"] = tier.value
            self.fields[f"days_{tier}"].widget.attrs["data-days"] = tier.value
        self.substeps = SubstepFormSet(self.data, prefix=f"{self.prefix}-substeps", form_kwargs={"tiers": tiers})

    def clean(self) -> dict[str, Any]:
        """What could be read counts in the sums, also once a rule refuses it and its error stands beside it."""
        self.understood = {**self.cleaned_data}
        return self.cleaned_data

    def is_valid(self) -> bool:
        valid = [super().is_valid(), self.substeps.is_valid()]  # both are asked, so that both show their errors
        return all(valid)

    @property
    def cells(self) -> list[Cell]:
        return [Cell(tier, self[f"in_{tier}"], self[f"days_{tier}"], self[f"part_{tier}"]) for tier in self.tiers]

    @property
    def shown_name(self) -> str:
        return str(self["name"].value() or "").strip()

    @property
    def is_wrong(self) -> bool:
        """Whether the card of the milestone (not its cells) holds an error."""
        own = {"name", "description", "criteria"}
        return any(self.errors.get(name) for name in own) or any(form.errors for form in self.substeps.forms)

    @property
    def design(self) -> StageDesign:
        cleaned = self.cleaned_data
        return StageDesign(
            name=cleaned["name"],
            description=cleaned["description"],
            criteria=cleaned["criteria"],
            video_call=cleaned["video_call"],
            packages=tuple(part for tier in self.tiers if (part := self.part_in(tier))),
            substeps=tuple(self._substep(form) for form in self.substeps.forms if form.cleaned_data["name"]),
        )

    def _substep(self, form: forms.Form) -> SubstepDesign:
        """Every package ticked, or none, is the same: the substep is wherever its milestone is."""
        chosen = tuple(PackageTier(tier) for tier in form.cleaned_data["tiers"])
        return SubstepDesign(name=form.cleaned_data["name"], tiers=() if len(chosen) == len(self.tiers) else chosen)

    def part_in(self, tier: PackageTier) -> PackagePart | None:
        """The milestone's share of `tier` as far as it can be read, None when it isn't in it."""
        self.errors  # noqa: B018  reading them is what cleans the form
        if not self.understood.get(f"in_{tier}"):
            return None
        days, part = self.understood.get(f"days_{tier}"), self.understood.get(f"part_{tier}")
        return PackagePart(tier=tier, days=days or 0, part=part or 0)


FaqFormSet = formset_factory(FaqForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
SubstepFormSet = formset_factory(SubstepForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
StageFormSet: type[BaseFormSet[StageForm]] = formset_factory(
    StageForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


class DescriptionForm(DraftForm):
    needed = ("description",)

    description = forms.CharField(
        label="Description", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    milestone_payments = forms.BooleanField(
        label="Milestone payments", required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )
    keep_as = forms.CharField(label="Name of the template", required=False)


class WorkflowForms(Placing):
    """Everything on the tab; always bound, to what was posted or to what is stored."""

    def __init__(self, gig: Gig, rows: FormRows) -> None:
        self.tiers = [PackageTier(package.tier) for package in packages_of(gig)]
        self.prices = {PackageTier(package.tier): package.money for package in packages_of(gig)}
        self.stated_days = days_of(gig)
        stages = [f"stages-{index}-substeps" for index in range(rows.count("stages"))]
        rows.ensure("faq", "stages", *stages)
        self.text = DescriptionForm(rows.data)
        self.faq = FaqFormSet(rows.data, prefix="faq")
        self.stages = StageFormSet(
            rows.data, prefix="stages", form_kwargs={"tiers": self.tiers, "currency": gig.currency}
        )

    @classmethod
    def of(cls, gig: Gig) -> "WorkflowForms":
        return cls(gig, stored_rows(gig))

    def is_valid(self) -> bool:
        valid = [self.text.is_valid(), self.faq.is_valid(), self.stages.is_valid()]
        return all(valid)

    @property
    def description(self) -> str:
        return str(self.text.cleaned_data["description"])

    @property
    def faq_drafts(self) -> list[FaqDraft]:
        return [FaqDraft(**form.cleaned_data) for form in self.faq.forms]

    @property
    def design(self) -> WorkflowDesign:
        return WorkflowDesign(
            milestone_payments=self.text.cleaned_data["milestone_payments"],
            stages=tuple(form.design for form in self.stages.forms),
        )

    @property
    def general(self) -> list[str]:
        """What concerns the milestones as a whole; what concerns the sum of a package is shown by `columns`."""
        return [error.message for error in self.homeless if not error.field.startswith("parts_")]

    @property
    def columns(self) -> list["Column"]:
        """The packages, each with what its milestones take of its price so far."""
        return [self._column(tier, price) for tier, price in self.prices.items()]

    def _column(self, tier: PackageTier, price: Money) -> "Column":
        parts = [part for form in self.stages.forms if (part := form.part_in(tier))]
        assigned, days = Money(sum(part.part for part in parts), price.currency), sum(part.days for part in parts)
        error = next((error.message for error in self.homeless if error.field == f"parts_{tier}"), "")
        return Column(tier, price, assigned, days, self.stated_days[tier], error)

    @property
    def parts(self) -> Iterator[forms.BaseForm]:
        yield self.text
        yield from self.faq.forms
        for stage in self.stages.forms:
            yield stage
            yield from stage.substeps.forms


def stored_rows(gig: Gig) -> FormRows:
    """What is stored, as if it had just been posted."""
    rows = FormRows()
    rows.set("description", gig.description)
    for entry in gig.faq.all():
        rows.add("faq", {"question": entry.question, "answer": entry.answer})
    if gig.workflow is None:
        rows.set("milestone_payments", "on")
    else:
        put_design(rows, gig, design_of(gig.workflow))
    return rows


def put_design(rows: FormRows, gig: Gig, design: WorkflowDesign) -> None:
    """The milestones of `design` in place of those that are there."""
    while rows.count("stages"):
        rows.remove("stages", 0)
    rows.data.pop("milestone_payments", None)
    if design.milestone_payments:
        rows.set("milestone_payments", "on")
    packages = packages_of(gig)
    for index, stage in enumerate(design.stages):
        rows.add("stages", _stage_values(stage, packages))
        for substep in stage.substeps:
            tiers = substep.tiers or [package.tier for package in packages]
            rows.add(f"stages-{index}-substeps", {"name": substep.name, "tiers": tiers})


def add_stage(rows: FormRows, gig: Gig) -> None:
    """Another milestone, in every package; the first switches milestone payments on (R-GIG-6)."""
    if not rows.count("stages"):
        rows.set("milestone_payments", "on")
    rows.add("stages", {f"in_{package.tier}": "on" for package in packages_of(gig)})


def add_substep(rows: FormRows, gig: Gig, stage: int) -> None:
    """Another substep, in every package."""
    if stage < rows.count("stages"):
        rows.add(f"stages-{stage}-substeps", {"tiers": [package.tier for package in packages_of(gig)]})


def split_evenly(rows: FormRows, tier: PackageTier, price: Money) -> None:
    """Give every milestone that is in `tier`, or all when none is, an equal part of its price, to the cent."""
    stages = range(rows.count("stages"))
    inside = [index for index in stages if rows.data.get(f"stages-{index}-in_{tier}")] or list(stages)
    if not inside:
        return
    for index, part in zip(inside, allocate(price.amount, [1] * len(inside)), strict=True):
        rows.set(f"stages-{index}-in_{tier}", "on")
        rows.set(f"stages-{index}-part_{tier}", Money(part, price.currency).major)


def fit_to_price(rows: FormRows, tier: PackageTier, price: Money) -> None:
    """Scale the parts that `tier` has so that they add up to its price, to the cent; split it evenly while it has none.

    A part that is empty, or that can't be read, stays as it is.
    """
    stages = [index for index in range(rows.count("stages")) if rows.data.get(f"stages-{index}-in_{tier}")]
    weights = {index: _amount(rows.data.get(f"stages-{index}-part_{tier}", ""), price.currency) for index in stages}
    weighty = {index: weight for index, weight in weights.items() if weight}
    if not weighty:
        split_evenly(rows, tier, price)
        return
    for index, part in zip(weighty, allocate(price.amount, list(weighty.values())), strict=True):
        rows.set(f"stages-{index}-part_{tier}", Money(part, price.currency).major)


def _amount(typed: str, currency: str) -> int:
    """Minor units, 0 for what is no amount."""
    try:
        return Money.parse(typed, currency).amount
    except ValueError:
        return 0


def _stage_values(stage: StageDesign, packages: list[Package]) -> dict[str, str]:
    values = {"name": stage.name, "description": stage.description, "criteria": "\n".join(stage.criteria)}
    if stage.video_call:
        values["video_call"] = "on"
    for package in packages:
        if part := stage.package(PackageTier(package.tier)):
            values[f"in_{part.tier}"] = "on"
            values[f"days_{part.tier}"] = str(part.days or "")
            values[f"part_{part.tier}"] = Money(part.part, package.currency).major if part.part else ""
    return values
