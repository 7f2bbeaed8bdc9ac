"""Progress inside a milestone: shared by the seller, acknowledged by the buyer (R-GIG-6, R-ORD-15).

No money moves and no state: the one delivery and its review clock stay what they are.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import Truncator

from accounts.models import User
from marketplace.web.clock import database_now
from milestones.enums import OrderType
from orders import errors
from orders.actors import Actor, party
from orders.enums import Role
from orders.models import Milestone, Order, ProgressStep, StepFile, TimelineEntry
from orders.rules import acknowledging_refusal, check_widths, sharing_refusal
from orders.services.delivering import FileInput
from orders.services.door import lock_order
from orders.services.telling import send

EXCERPT = 200  # characters of the message that a notice repeats


def plan_steps(*, milestones: Iterable[Milestone]) -> None:
    """The steps of milestones just made, from their terms. Those of an order paid at once are stages."""
    ProgressStep.objects.bulk_create(
        ProgressStep(
            milestone=milestone,
            position=position,
            name=name,
            is_stage=milestone.order.order_type == OrderType.SINGLE,
        )
        for milestone in milestones
        for position, name in enumerate(milestone.planned.substeps, start=1)
    )


@transaction.atomic
def share_step(
    *, order: Order, actor: User, step_id: str, message: str = "", link: str = "", files: Sequence[FileInput] = (),
    now: datetime | None = None,
) -> ProgressStep:  # fmt: skip
    """The seller shows how far the work is. A stage needs a message; its buyer is told.

    Raises StepUnknown, NotYours, what `rules.sharing_refusal` finds, StepNeedsMessage, WordsTooLong.
    """
    order, who, step = _enter(order, actor, step_id, Role.SELLER)
    milestone = step.milestone
    if refusal := sharing_refusal(order, milestone, step, list(milestone.steps.all())):
        raise refusal
    if step.is_stage and not message.strip():
        raise errors.StepNeedsMessage(field="message")
    step.message, step.link, step.shared_at = message.strip(), link, now or database_now()
    check_widths(step, "message", "link")
    step.save()
    for item in files:
        StepFile.objects.create(
            step=step, file=item.upload, name=item.name, size=item.size, content_type=item.content_type
        )
    _record(order, step, "share_step", who, step.shared_at)
    if step.is_stage:
        _tell(order, step, "step_shared", Role.BUYER, step.shared_at)
    return step


@transaction.atomic
def acknowledge_step(*, order: Order, actor: User, step_id: str, now: datetime | None = None) -> ProgressStep:
    """The buyer has seen a stage; it accepts nothing. Raises StepUnknown, NotYours, `rules.acknowledging_refusal`."""
    order, who, step = _enter(order, actor, step_id, Role.BUYER)
    if refusal := acknowledging_refusal(order, step):
        raise refusal
    step.acknowledged_at = now or database_now()
    step.save()
    _record(order, step, "acknowledge_step", who, step.acknowledged_at)
    _tell(order, step, "step_acknowledged", Role.SELLER, step.acknowledged_at)
    return step


def _enter(order: Order, actor: User, step_id: str, role: Role) -> tuple[Order, Actor, ProgressStep]:
    """The locked order, the person in `role`, and the step."""
    locked = lock_order(order.pk)
    who = party(locked, actor)
    step = ProgressStep.objects.select_related("milestone__planned").filter(public_id=step_id).first()
    if step is None or step.milestone.order_id != locked.pk:
        raise errors.StepUnknown
    if who.role != role:
        raise errors.NotYours(role=role.label.lower())
    step.milestone.order = locked
    return locked, who, step


def _record(order: Order, step: ProgressStep, name: str, who: Actor, at: datetime) -> None:
    TimelineEntry.objects.create(
        order=order,
        milestone=step.milestone,
        name=name,
        role=who.role,
        actor=who.user,
        at=at,
        order_state=order.state,
        milestone_state=step.milestone.state,
        data={"step": step.name, "position": step.position},
    )


def _tell(order: Order, step: ProgressStep, kind: str, to: Role, at: datetime) -> None:
    send(
        kind=kind,
        order=order,
        milestone=step.milestone,
        following=None,
        to=to,
        key=f"{kind}:{step.public_id}",
        now=at,
        extra={"step": step.name, "excerpt": Truncator(" ".join(step.message.split())).chars(EXCERPT)},
    )
