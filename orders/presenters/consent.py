"""What is charged later: to what a buyer agrees by paying now, and when the next month is paid (R-PAY-1, R-OFR-4)."""

from datetime import datetime

from marketplace.kernel.months import months_after
from orders.enums import MilestoneState
from orders.guards import Facts
from orders.models import Milestone, Order
from orders.presenters.words import counted, other, plain_day
from orders.selectors import OrderView, facts_of


def consent_words(order: Order, *, now: datetime) -> str:
    """For the hosted page, where the card is kept. Expects `order` with its milestones read."""
    facts = facts_of(order, now=now)
    kept = "By paying, you let Milepost keep this card"
    if facts.following is None:
        return f"{kept}. Nothing more is charged for this order."
    if facts.is_subscription:
        return f"{kept} and charge {_months(facts, facts.following)}"
    return (
        f"{kept} and charge it for later milestones, each only when you have accepted the one before. You can stop at "
        "any milestone."
    )


def _months(facts: Facts, following: Milestone) -> str:
    left = sum(milestone.state == MilestoneState.PLANNED for milestone in facts.milestones)
    later = f"each of the {left} later months" if left > 1 else "the last month"
    first = plain_day(following.begins_at or months_after(facts.now, 1))
    earliest = f"the first on {first} at the earliest" if left > 1 else f"{first} at the earliest"
    notice = counted(facts.order.policy.charge_notice_days, "day")
    return (
        f"it {following.to_pay} for {later} by itself on its date ({earliest}), once you have accepted the month "
        f"before. You are reminded {notice} before each charge, and can end the subscription before any month."
    )


def next_charge_words(view: OrderView) -> str:
    """Which charge of a subscription comes next, when, by itself; "" where a choice or nothing brings it (R-OFR-4)."""
    current, following = view.current, view.following
    if not view.facts.is_subscription or view.order.held_since or current is None or following is None:
        return ""
    if current.state == MilestoneState.SCHEDULED or (following.begins_at and not view.facts.is_next_ahead):
        return ""
    day = f"on {plain_day(following.begins_at)}" if following.begins_at else f"a month after ‘{current.name}’ begins"
    if not view.is_buyer:
        accepted = f"once {other(view).first_name} has accepted ‘{current.name}’"
        return f"‘{following.name}’ is charged by itself {day}, {accepted}, unless one of you ends it before."
    fee = " with the fee" if following.fee else ""
    return (
        f"The next charge, {following.to_pay}{fee}, is made by itself {day}, once you have accepted ‘{current.name}’. "
        "You can end the subscription before."
    )
