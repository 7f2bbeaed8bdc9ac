"""Templates to measure: from a workflow or from terms to a template without prices, and back to any price (R-GIG-4).

Shares are basis points, sums are minor units. Both are divided by largest remainder, so that they always add up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from marketplace.kernel.money import Money, allocate
from milestones.designs import (
    PackagePart,
    StageDesign,
    SubstepDesign,
    TemplateDesign,
    TemplatePart,
    TemplateStage,
    WorkflowDesign,
)
from milestones.enums import PackageTier
from milestones.terms import MilestoneTerms

WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class DaysToFit:
    """The delivery days of a gig's packages, 0 where they aren't said yet, and the most that one milestone takes."""

    packages: Mapping[PackageTier, int]
    most: int


def template_of_workflow(design: WorkflowDesign) -> TemplateDesign:
    """A gig's workflow without its prices. What an offer would take is what the dearest package takes of each stage."""
    shares = {tier: _shares(design, tier) for tier in PackageTier}
    single = _divide(WHOLE, [_dearest(stage).part if stage.packages else 0 for stage in design.stages])
    return TemplateDesign(
        milestone_payments=design.milestone_payments,
        stages=tuple(
            TemplateStage(
                name=stage.name,
                description=stage.description,
                criteria=stage.criteria,
                video_call=stage.video_call,
                substeps=stage.substeps,
                packages=tuple(
                    TemplatePart(tier=part.tier, days=part.days, share=shares[part.tier][index])
                    for part in stage.packages
                ),
                days=_dearest(stage).days if stage.packages else 0,
                share=single[index],
            )
            for index, stage in enumerate(design.stages)
        ),
    )


def workflow_from_template(
    template: TemplateDesign, prices: Mapping[PackageTier, Money], days: DaysToFit | None = None
) -> WorkflowDesign:
    """The template at the prices of a gig; its parts add up to each price to the cent (R-GIG-5).

    Its days add up to those of each package in `days`, or come as near as days of 1 to the most can; without, they are
    the template's own. A package of the gig that the template says nothing of takes every stage, as an offer would. A
    stage or substep that is only in packages that the gig lacks is left out.
    """
    fitted: dict[PackageTier, list[PackagePart | None]] = {
        tier: _fit_package(template, tier, price, days) for tier, price in prices.items()
    }
    stages = []
    for index, stage in enumerate(template.stages):
        parts = tuple(part for tier in PackageTier if tier in fitted and (part := fitted[tier][index]))
        if parts or not prices:
            stages.append(_fit_stage(stage, parts))
    return WorkflowDesign(milestone_payments=template.milestone_payments, stages=tuple(stages))


def template_of_milestones(milestones: Sequence[MilestoneTerms]) -> TemplateDesign:
    """The milestones of an offer without their prices. It speaks of no package, so every package takes all of it."""
    shares = _divide(WHOLE, [milestone.amount for milestone in milestones])
    return TemplateDesign(
        stages=tuple(
            TemplateStage(
                name=milestone.name,
                description=milestone.description,
                criteria=milestone.criteria,
                video_call=milestone.video_call,
                substeps=tuple(SubstepDesign(name=name) for name in milestone.substeps),
                days=milestone.days,
                share=share,
            )
            for milestone, share in zip(milestones, shares, strict=True)
        )
    )


def milestones_from_template(
    template: TemplateDesign, total: Money, *, revisions: int = 0
) -> tuple[MilestoneTerms, ...]:
    """The milestones of an offer of `total`, zero while the seller has not said it; `revisions` for each."""
    amounts = _divide(total.amount, [stage.share for stage in template.stages])
    return tuple(
        MilestoneTerms(
            name=stage.name,
            description=stage.description,
            criteria=stage.criteria,
            days=stage.days,
            amount=amount,
            revisions=revisions,
            video_call=stage.video_call,
            substeps=tuple(substep.name for substep in stage.substeps),
        )
        for stage, amount in zip(template.stages, amounts, strict=True)
    )


def _shares(design: WorkflowDesign, tier: PackageTier) -> list[int]:
    """Of each stage in `tier`, 0 where it is not in it."""
    return _divide(WHOLE, [part.part if (part := stage.package(tier)) else 0 for stage in design.stages])


def _dearest(stage: StageDesign) -> PackagePart:
    return max(stage.packages, key=lambda part: list(PackageTier).index(part.tier))


def _divide(amount: int, weights: Sequence[int]) -> list[int]:
    """By weight; nothing for anybody while no weight has been said."""
    return allocate(amount, weights) if any(weights) else [0] * len(weights)


def _fit_package(
    template: TemplateDesign, tier: PackageTier, price: Money, days: DaysToFit | None
) -> list[PackagePart | None]:
    """What each stage of the template takes of one package, None where it is not in it."""
    wanted: list[TemplatePart | None]
    if tier in template.tiers:
        wanted = [stage.package(tier) for stage in template.stages]
    else:
        wanted = [TemplatePart(tier=tier, days=stage.days, share=stage.share) for stage in template.stages]
    amounts = _divide(price.amount, [part.share if part else 0 for part in wanted])
    taken = [part.days for part in wanted if part]
    fitted = iter(_fit_days(taken, days.packages.get(tier, 0), days.most) if days else taken)
    return [
        PackagePart(tier=tier, days=next(fitted), part=amount) if part else None
        for part, amount in zip(wanted, amounts, strict=True)
    ]


def _fit_days(days: Sequence[int], total: int, most: int) -> list[int]:
    """`days` scaled so that they add up to `total`, each at least 1 and at most `most`; as they are without a total.

    Where those bounds move the sum, single days go to who is farthest below its share, or come from who is above.
    """
    whole = sum(days)
    if not (total and whole):
        return list(days)
    fitted = [min(max(share, 1), most) for share in allocate(total, days)]
    goal = min(max(total, len(days)), most * len(days))
    while missing := goal - sum(fitted):
        step = 1 if missing > 0 else -1
        movable = [index for index, share in enumerate(fitted) if 1 <= share + step <= most]
        farthest = max(movable, key=lambda index: step * (total * days[index] - fitted[index] * whole))
        fitted[farthest] += step
    return fitted


def _fit_stage(stage: TemplateStage, parts: tuple[PackagePart, ...]) -> StageDesign:
    tiers = {part.tier for part in parts}
    return StageDesign(
        name=stage.name,
        description=stage.description,
        criteria=stage.criteria,
        video_call=stage.video_call,
        packages=parts,
        substeps=tuple(fitted for substep in stage.substeps if (fitted := _fit_substep(substep, tiers))),
    )


def _fit_substep(substep: SubstepDesign, tiers: Collection[PackageTier]) -> SubstepDesign | None:
    """The substep where the gig has packages for it; None when it is in none of them."""
    if not tiers:
        return substep
    kept = tuple(tier for tier in substep.tiers if tier in tiers)
    if substep.tiers and not kept:
        return None
    return SubstepDesign(name=substep.name, tiers=() if len(kept) == len(tiers) else kept)
