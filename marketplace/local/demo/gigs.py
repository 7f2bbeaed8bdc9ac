"""The catalogue: gigs with packages, milestones, questions and pictures, published through the services."""

from typing import Any

from gigs.drafts import FaqDraft, PackageDraft, RequirementDraft
from gigs.enums import RequirementKind
from gigs.models import Gig, Subcategory
from gigs.services.describing import save_description
from gigs.services.editing import create_gig, save_pricing, save_requirements
from gigs.services.gallery import add_image
from gigs.services.publishing import publish_gig
from marketplace.kernel import clock
from marketplace.kernel.money import allocate
from marketplace.local.demo.content import read
from marketplace.local.demo.people import person
from marketplace.local.demo.pictures import draw
from milestones.designs import PackagePart, StageDesign, SubstepDesign, WorkflowDesign
from milestones.enums import PackageTier

TIERS = list(PackageTier)


def make_gigs() -> None:
    for row in read("catalogue")["gigs"]:
        make_gig(row)


def make_gig(row: dict[str, Any]) -> Gig:
    seller, now = person(row["seller"]), clock.now()
    place = Subcategory.objects.get(slug=row["subcategory"])
    gig = create_gig(seller=seller, title=row["title"], subcategory=place, tags=row["tags"])
    save_pricing(gig=gig, seller=seller, packages=_packages(row), now=now)
    save_description(
        gig=gig,
        seller=seller,
        description=row["description"].strip(),
        faq=[FaqDraft(question=question, answer=answer) for question, answer in row["faq"]],
        design=_design(row),
        now=now,
    )
    asked = [RequirementDraft(question=question, kind=RequirementKind.TEXT) for question in row["questions"]]
    save_requirements(gig=gig, seller=seller, requirements=asked, now=now)
    for number in range(2 if row.get("stages") else 1):
        alt = f"Still life for ‘{row['title']}’, picture {number + 1}"
        add_image(gig=gig, seller=seller, content=draw(row["title"], number), alt=alt)
    gig.refresh_from_db()
    return publish_gig(gig=gig, seller=seller, now=now)


def _packages(row: dict[str, Any]) -> list[PackageDraft]:
    return [
        PackageDraft(tier=tier, name=name, description=text, price=price, delivery_days=days, revisions=revisions)
        for tier, (name, text, price, days, revisions) in zip(TIERS, row["packages"], strict=False)
    ]


def _design(row: dict[str, Any]) -> WorkflowDesign:
    stages = row.get("stages", [])
    packages = row["packages"] if stages else []
    parts = [allocate(package[2], [s["weights"][i] for s in stages]) for i, package in enumerate(packages)]
    return WorkflowDesign(
        stages=tuple(
            StageDesign(
                name=stage["name"],
                description=stage["description"],
                criteria=tuple(stage["criteria"]),
                video_call=stage.get("video_call", False),
                packages=tuple(
                    PackagePart(tier=TIERS[i], days=stage["days"][i], part=column[number])
                    for i, column in enumerate(parts)
                    if stage["weights"][i]
                ),
                substeps=tuple(SubstepDesign(name=name) for name in stage["substeps"]),
            )
            for number, stage in enumerate(stages)
        )
    )
