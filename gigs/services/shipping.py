"""The platform's own templates, as they ship (R-GIG-4): read from a file, stored once, then edited at the desk."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gigs.models import Subcategory, WorkflowTemplate
from milestones.designs import SubstepDesign, TemplateDesign, TemplatePart, TemplateStage
from milestones.enums import PackageTier

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
