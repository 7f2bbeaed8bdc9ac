"""The buyer decides on a delivery: accept and go on, finish or stop, or ask for a revision (R-ORD-6).

Acceptance is never undone because a later charge fails.
"""

from datetime import datetime, timedelta

from accounts.models import User
from orders import errors
from orders.actors import party
from orders.enums import MilestoneState
from orders.models import Order, Revision
from orders.services.door import transition


def accept_and_continue(
    *, order: Order, actor: User, shown_to_pay: int, other_card: bool = False, now: datetime | None = None
) -> None:
    """Accept, and charge the next milestone. `shown_to_pay` is the sum on the button, fee included, in minor units.

    With `other_card` the saved one is left alone, and the buyer pays on the hosted page.
    Raises TermsChanged when the sum that the buyer saw is not the one that would be charged.
    """
    with transition(order=order, name="accept_and_continue", actor=party(order, actor), now=now) as step:
        if step.following is None or step.following.to_pay.amount != shown_to_pay:
            raise errors.TermsChanged
        step.data |= {"next": step.following.name, "charged": shown_to_pay}
        if other_card:
            step.data["other_card"] = True


def accept_and_finish(*, order: Order, actor: User, now: datetime | None = None) -> None:
    """Accept the last milestone; the order is completed (`finished`)."""
    with transition(order=order, name="accept_and_finish", actor=party(order, actor), now=now):
        pass


def accept_and_stop(*, order: Order, actor: User, reason: str = "", now: datetime | None = None) -> None:
    """Accept what was delivered and end here: later milestones never start, nothing more is charged (R-ORD-7)."""
    with transition(order=order, name="accept_and_stop", actor=party(order, actor), now=now) as step:
        step.data["reason"] = reason.strip()


def stop(*, order: Order, actor: User, reason: str = "", now: datetime | None = None) -> None:
    """End the order while the next charge has not succeeded (R-ORD-7). Raises PaymentUnderWay while it is in flight."""
    name = "stop" if order.milestones.filter(state=MilestoneState.ACCEPTED).exists() else "decline_to_continue"
    with transition(order=order, name=name, actor=party(order, actor), now=now) as step:
        step.data["reason"] = reason.strip()


def request_revision(
    *, order: Order, actor: User, message: str, criterion: str = "", now: datetime | None = None
) -> Revision:
    """Ask for a change, naming a criterion or what is missing; it gets half the milestone's days, at least one, and is
    never due before the milestone was.

    Raises NoRevisionsLeft, RevisionNeedsWords, CriterionUnknown.
    """
    with transition(order=order, name="request_revision", actor=party(order, actor), now=now) as step:
        if not message.strip() and not criterion:
            raise errors.RevisionNeedsWords(field="message")
        milestone = step.milestone
        if criterion and criterion not in milestone.planned.criteria:
            raise errors.CriterionUnknown(field="criterion")
        milestone.revisions_used += 1
        milestone.review_deadline = None
        milestone.late_at = None
        own = step.now + timedelta(hours=24 * milestone.revision_days)
        milestone.due_at = max(own, milestone.due_at or own)  # whoever delivers early doesn't lose the days left
        step.data |= {"due_at": milestone.due_at.isoformat(), "criterion": criterion}
        return Revision.objects.create(
            milestone=milestone,
            delivery=milestone.deliveries.latest("number"),
            criterion=criterion,
            message=message.strip(),
            asked_at=step.now,
            due_at=milestone.due_at,
        )
