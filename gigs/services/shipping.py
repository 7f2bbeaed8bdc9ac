"""The platform's own templates (R-GIG-4): read from a file, stored once, then edited at the desk by the same rules."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gigs.models import Subcategory, WorkflowTemplate
from marketplace.kernel.money import Money
from milestones.designs import SubstepDesign, TemplateDesign, TemplatePart, TemplateStage
from milestones.enums import PackageTier
from milestones.fitting import WHOLE, workflow_from_template
from milestones.rules import design_excess, design_failures
from milestones.services.policies import policy_in_force

FILE = Path(__file__).resolve().parents[1] / "platform_templates.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedTemplate:
    key: str
    subcategory: str
    name: str
    description: str
    design: TemplateDesign


def read_shipped_templates() -> Iterator[ShippedTemplate]:
    for template in tomllib.loads(FILE.read_text("utf-8"))["template"]:
        yield ShippedTemplate(
            key=template["key"],
            subcategory=template["subcategory"],
            name=template["name"],
            description=template["description"],
            design=TemplateDesign(stages=tuple(_read_stage(stage) for stage in template["stage"])),
        )


def ship_templates(
    *, templates: type[WorkflowTemplate] = WorkflowTemplate, subcategories: type[Subcategory] = Subcategory
) -> None:
    """Store each template that was never stored, where its subcategory is. The models may be those of a migration."""
    stored = set(templates.objects.exclude(key="").values_list("key", flat=True))
    places = {place.slug: place for place in subcategories.objects.all()}
    templates.objects.bulk_create(
        templates(
            key=shipped.key,
            subcategory=places[shipped.subcategory],
            name=shipped.name,
            description=shipped.description,
            design=shipped.design.to_json(),
        )
        for shipped in read_shipped_templates()
        if shipped.key not in stored and shipped.subcategory in places
    )


def template_failures(stored: Any, *, now: datetime) -> list[str]:
    """Why a gig at the least price that the policy in force allows could not begin with it; empty when it could."""
    try:
        design = TemplateDesign.from_json(stored)
    except ValueError as broken:
        return [f"It can’t be read: {broken}."]
    policy = policy_in_force(now=now)
    least = Money(policy.gig_price_over + 1, policy.currency)
    prices = dict.fromkeys(design.tiers or PackageTier, least)
    fitted = workflow_from_template(design, prices)
    failures = design_excess(fitted) + design_failures(design=fitted, prices=prices, policy=policy)
    found = [failure.message for failure in failures]
    for tier in design.tiers:
        shares = sum(part.share for stage in design.stages if (part := stage.package(tier)))
        if shares != WHOLE:
            found.append(f"The shares of {tier.label} add up to {shares}, not to {WHOLE}.")
    return found


def _read_stage(stage: dict[str, Any]) -> TemplateStage:
    """An offer has the days and the share of Premium, or of the dearest package that has the stage."""
    packages = tuple(
        TemplatePart(tier=tier, days=days, share=share)
        for tier, days, share in zip(PackageTier, stage["days"], stage["share"], strict=True)
        if share
    )
    return TemplateStage(
        name=stage["name"],
        description=stage["description"],
        criteria=tuple(stage["criteria"]),
        video_call=stage.get("video_call", False),
        substeps=tuple(_read_substep(substep) for substep in stage["substeps"]),
        packages=packages,
        days=packages[-1].days,
        share=packages[-1].share,
    )


def _read_substep(substep: str | dict[str, Any]) -> SubstepDesign:
    if isinstance(substep, str):
        return SubstepDesign(name=substep)
    return SubstepDesign(name=substep["name"], tiers=tuple(PackageTier(tier) for tier in substep["in"]))
