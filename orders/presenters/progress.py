"""The steps inside milestones as one side sees them: a rail, what was shared, and what can be done (R-GIG-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from orders.models import Milestone, ProgressStep
from orders.presenters.rail import Post
from orders.presenters.words import counted, plain_day
from orders.rules import acknowledging_refusal, sharing_refusal
from orders.selectors import OrderView


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    id: str
    name: str
    size: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step. `state` is that of a stone: planned, in_progress (the next), delivered (shared) or accepted (seen)."""

    step: ProgressStep
    state: str
    label: str
    can_share: bool
    can_acknowledge: bool
    files: tuple[SharedFile, ...]


@dataclass(frozen=True)
class Progress:
    """The steps of one milestone."""

    milestone: Milestone
    rows: list[StepRow]

    @property
    def is_stages(self) -> bool:
        return any(row.step.is_stage for row in self.rows)

    @cached_property
    def posts(self) -> list[Post]:
        return [
            Post(name=row.step.name, state=row.state, label=row.label, turn="you" if row.can_acknowledge else "")
            for row in self.rows
        ]

    @property
    def label(self) -> str:
        done = sum(1 for row in self.rows if row.step.shared_at)
        return f"{counted(len(self.rows), 'step')} of ‘{self.milestone.name}’, {done} shared"

    @property
    def next(self) -> StepRow | None:
        """What the seller can share now."""
        return next((row for row in self.rows if row.can_share), None)

    @property
    def shared(self) -> list[StepRow]:
        """Stages with what was said of them, the newest first."""
        return [row for row in reversed(self.rows) if row.step.is_stage and row.step.shared_at]


def progress_of(view: OrderView) -> dict[int, Progress]:
    """By the key of the milestone; those without steps are left out. Two queries."""
    milestones = {milestone.pk: milestone for milestone in view.facts.milestones}
    steps: dict[int, list[ProgressStep]] = {}
    for step in ProgressStep.objects.filter(milestone__order=view.order).prefetch_related("files"):
        step.milestone = milestones[step.milestone_id]
        steps.setdefault(step.milestone_id, []).append(step)
    return {
        key: Progress(milestones[key], [_row(view, milestones[key], step, found) for step in found])
        for key, found in steps.items()
    }


def _row(view: OrderView, milestone: Milestone, step: ProgressStep, steps: Sequence[ProgressStep]) -> StepRow:
    is_next = (
        step.shared_at is None
        and milestone == view.current
        and all(each.shared_at for each in steps if each.position < step.position)
    )
    return StepRow(
        step=step,
        state=_state(step, is_next=is_next),
        label=_words(view, step),
        can_share=not view.is_buyer and sharing_refusal(view.order, milestone, step, steps) is None,
        can_acknowledge=view.is_buyer and acknowledging_refusal(view.order, step) is None,
        files=tuple(
            SharedFile(id=file.public_id, name=file.name, size=file.size, href=_href(view, step, file.public_id))
            for file in step.files.all()
        ),
    )


def _href(view: OrderView, step: ProgressStep, file_id: str) -> str:
    return reverse("orders:step_file", args=[view.order.public_id, step.public_id, file_id])


def _state(step: ProgressStep, *, is_next: bool) -> str:
    if step.acknowledged_at or (step.shared_at and not step.is_stage):
        return "accepted"
    if step.shared_at:
        return "delivered"
    return "in_progress" if is_next else "planned"


def _words(view: OrderView, step: ProgressStep) -> str:
    buyer = "you" if view.is_buyer else view.order.buyer.first_name
    if step.acknowledged_at:
        return f"Seen by {buyer} {plain_day(step.acknowledged_at)}"
    if step.shared_at:
        return f"{'Shared' if step.is_stage else 'Done'} {plain_day(step.shared_at)}"
    return ""
