"""Orders listen to payments: the only way that a charge's result reaches an order (payments never know orders).

The inbox asks here who must be able to write to each other.
"""

from datetime import datetime

from django.dispatch import receiver

from accounts.models import TeamMember
from accounts.signals import team_changed
from inbox.extensions import register_ties
from orders.presenters.papers import subject_for
from orders.selectors import are_bound
from orders.services.assigning import free_tasks
from orders.services.disputing import apply_dispute
from orders.services.funding import apply_result, tell_surplus
from orders.services.returned import apply_refund
from payments.signals import (
    ChargeResult,
    DisputeNews,
    RefundNews,
    Subject,
    SurplusNews,
    charge_settled,
    dispute_changed,
    refund_ended,
    subject_wanted,
    surplus_captured,
)

register_ties(are_bound)


@receiver(charge_settled)
def follow_charge(*, result: ChargeResult, now: datetime, **_signal: object) -> None:
    apply_result(result=result, now=now)


@receiver(dispute_changed)
def follow_dispute(*, news: DisputeNews, now: datetime, **_signal: object) -> None:
    apply_dispute(news=news, now=now)


@receiver(refund_ended)
def follow_refund(*, news: RefundNews, now: datetime, **_signal: object) -> None:
    apply_refund(news=news, now=now)


@receiver(surplus_captured)
def follow_surplus(*, news: SurplusNews, now: datetime, **_signal: object) -> None:
    tell_surplus(news=news, now=now)


@receiver(subject_wanted)
def name_order(*, group: str, **_signal: object) -> Subject | None:
    """Papers about an order's money name it in its own words."""
    return subject_for(group)


@receiver(team_changed)
def follow_team(*, member: TeamMember, event: str, **_signal: object) -> None:
    """The tasks of who is gone wait for somebody else."""
    if event in ("removed", "left"):
        free_tasks(seller=member.seller, assignee=member.user)
