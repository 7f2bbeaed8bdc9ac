"""Whether a milestone goes as it was agreed: on track, at risk or late, with the reason in words (R-ORD-16).

The rule, from the first that fits:

late      the due date of the work under way has come; at the instant itself it has (R-ORD-10).
at risk   less than a quarter of the agreed time is left and nothing is delivered; or the steps that are shared are
          more than one behind the time that has passed; or the buyer has been asked for answers for more than
          `PATIENCE`; or the next payment wants the buyer.
on track  everything else: being worked on in time, delivered and with the buyer, or with the bank.

What is not paid for the first time has not begun and goes at no pace. While an order is on hold its clocks stand, and
so does its pace: it is read at the instant of the hold (R-ORD-17).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from marketplace.web import durations
from orders.enums import MilestoneState, OrderState
from orders.guards import Facts
from orders.models import Milestone
from orders.presenters.turns import Turn, turn_of
from orders.presenters.words import counted, plain_day, plain_minute

M, S = MilestoneState, OrderState

SHARE_LEFT = 4  # at risk when less than one part in this many of the agreed time is left
PATIENCE = timedelta(days=2)  # how long a buyer may think about answers before the plan slips


class Level(IntEnum):
    """In the order in which a seller looks at them."""

    LATE = 0
    AT_RISK = 1
    ON_TRACK = 2

    @property
    def label(self) -> str:
        return {Level.LATE: "Late", Level.AT_RISK: "At risk", Level.ON_TRACK: "On track"}[self]

    @property
    def tone(self) -> str:
        return {Level.LATE: "stop", Level.AT_RISK: "turn", Level.ON_TRACK: "go"}[self]

    @property
    def icon(self) -> str:
        return {Level.LATE: "clock-alert", Level.AT_RISK: "triangle-alert", Level.ON_TRACK: "check"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`at` is the instant that the reason is about: a due date, a deadline; None when nothing runs."""

    level: Level
    reason: str
    at: datetime | None = None
    on_hold: bool = False


def pace_of(facts: Facts) -> Pace | None:
    """None before the first payment and after the end."""
    order, current = facts.order, facts.current
    if current is None or order.state == S.PENDING_PAYMENT:
        return None
    now = order.clock(facts.now)
    pace = _pace(facts, current, now)
    if order.held_since is None:
        return pace
    return Pace(
        level=pace.level,
        reason=f"On hold since {plain_day(order.held_since)}: its clocks stand still",
        on_hold=True,
    )


def agreed_time(milestone: Milestone) -> timedelta:
    """The days that were agreed for the work under way, each of 24 hours; a revision has its own (R-ORD-6)."""
    days = milestone.revision_days if milestone.state == M.IN_REVISION else milestone.planned.days
    return timedelta(hours=24 * days)


def _pace(facts: Facts, current: Milestone, now: datetime) -> Pace:
    match M(current.state):
        case M.IN_PROGRESS if facts.order.state == S.AWAITING_REQUIREMENTS:
            return _unanswered(facts, current, now)
        case M.IN_PROGRESS | M.IN_REVISION if current.due_at:
            return _at_work(current, current.due_at, now)
        case M.DELIVERED:
            return _delivered(facts, current)
        case M.SCHEDULED:
            begins = f"Begins {plain_minute(current.begins_at)}, when it is paid"
            return Pace(level=Level.ON_TRACK, reason=begins, at=current.begins_at)
    return _paying(facts)


def _at_work(current: Milestone, due: datetime, now: datetime) -> Pace:
    left = due - now
    if left <= timedelta(0):
        return Pace(level=Level.LATE, reason=f"Was due {plain_minute(due)}, {durations.ago(-left)}", at=due)
    words = f"Due {plain_minute(due)}, {durations.words(left)} left"
    if left * SHARE_LEFT < agreed_time(current):
        return Pace(level=Level.AT_RISK, reason=f"{words}: less than a quarter of its time", at=due)
    steps = list(current.steps.all()) if current.state == M.IN_PROGRESS else []
    done = sum(1 for step in steps if step.shared_at)
    if is_behind(done, len(steps), left=left, agreed=agreed_time(current)):
        return Pace(level=Level.AT_RISK, reason=f"{words}: {done} of {counted(len(steps), 'step')} shared", at=due)
    return Pace(level=Level.ON_TRACK, reason=words, at=due)


def is_behind(done: int, steps: int, *, left: timedelta, agreed: timedelta) -> bool:
    """Whether more than one step is missing that an even pace would have shared by now: of four, two at half time."""
    passed = max(agreed - left, timedelta(0))
    return (done + 1) * agreed < steps * passed


def _delivered(facts: Facts, current: Milestone) -> Pace:
    first = facts.order.buyer.first_name
    until = current.review_deadline
    return Pace(level=Level.ON_TRACK, reason=f"Delivered, {first} decides by {plain_minute(until)}", at=until)


def _unanswered(facts: Facts, current: Milestone, now: datetime) -> Pace:
    first = facts.order.buyer.first_name
    since = asked_since(current)
    slow = since is not None and now - since > PATIENCE
    words = f"Waits for {first}’s answers" + (f" since {plain_day(since)}" if since else "")
    return Pace(level=Level.AT_RISK if slow else Level.ON_TRACK, reason=f"{words}; its days don’t count yet")


def asked_since(current: Milestone) -> datetime | None:
    """Since when the buyer is asked for answers: since the money arrived."""
    return current.charge.succeeded_at if current.charge else None


def _paying(facts: Facts) -> Pace:
    if turn_of(facts) == Turn.BANK:
        return Pace(level=Level.ON_TRACK, reason="The payment is being made")
    first, by = facts.order.buyer.first_name, facts.order.pay_by
    until = f", the order ends {plain_minute(by)}" if by else ""
    return Pace(level=Level.AT_RISK, reason=f"Waits for {first}’s payment{until}; don’t begin yet", at=by)
