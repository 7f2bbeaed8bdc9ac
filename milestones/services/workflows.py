"""Storing a workflow. Plans are copies, so replacing its rows touches no order and no sent offer (R-GIG-7)."""

from django.db import transaction

from milestones.designs import StageDesign, WorkflowDesign
from milestones.models import Stage, StagePackage, Substep, Workflow


@transaction.atomic
def save_workflow(*, workflow: Workflow | None, design: WorkflowDesign) -> Workflow:
    """Make `workflow`, or a new one, say exactly what `design` says. Checks no rule: a draft may be unfinished.

    The caller has authorised the write and holds the lock of whatever owns the workflow.
    """
    workflow = workflow or Workflow()
    workflow.milestone_payments = design.milestone_payments
    workflow.save()
    workflow.stages.all().delete()
    for position, stage in enumerate(design.stages, start=1):
        _add_stage(workflow, position, stage)
    return workflow


def _add_stage(workflow: Workflow, position: int, design: StageDesign) -> None:
    stage = Stage.objects.create(
        workflow=workflow,
        position=position,
        name=design.name,
        description=design.description,
        criteria=list(design.criteria),
        video_call=design.video_call,
    )
    StagePackage.objects.bulk_create(
        StagePackage(stage=stage, tier=part.tier, days=part.days, part=part.part) for part in design.packages
    )
    Substep.objects.bulk_create(
        Substep(stage=stage, position=place, name=substep.name, tiers=list(substep.tiers))
        for place, substep in enumerate(design.substeps, start=1)
    )
