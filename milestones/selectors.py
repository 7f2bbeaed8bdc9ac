"""Reading workflows back as values."""

from milestones.designs import PackagePart, StageDesign, SubstepDesign, WorkflowDesign
from milestones.enums import PackageTier
from milestones.models import Stage, Workflow


def design_of(workflow: Workflow) -> WorkflowDesign:
    """The stored rows as the value that the rules check and the forms show."""
    return WorkflowDesign(
        milestone_payments=workflow.milestone_payments,
        stages=tuple(_stage_design(stage) for stage in workflow.stages.all()),
    )


def _stage_design(stage: Stage) -> StageDesign:
    order = list(PackageTier)
    packages = sorted(stage.packages.all(), key=lambda package: order.index(PackageTier(package.tier)))
    return StageDesign(
        name=stage.name,
        description=stage.description,
        criteria=tuple(stage.criteria),
        video_call=stage.video_call,
        packages=tuple(
            PackagePart(tier=PackageTier(package.tier), days=package.days, part=package.part) for package in packages
        ),
        substeps=tuple(
            SubstepDesign(name=substep.name, tiers=tuple(PackageTier(tier) for tier in substep.tiers))
            for substep in stage.substeps.all()
        ),
    )
