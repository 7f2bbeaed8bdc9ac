"""The conditions beside the state, one function each: None when it holds, else the refusal with its sentence.

`actions` in the selectors asks them to decide which buttons exist; the door asks the same ones under the lock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from marketplace.kernel.errors import DomainError
from milestones.enums import OrderType, RevisionScope
from orders import errors
from orders.enums import UNDER_WAY, ExtensionState, MilestoneState
from orders.models import Milestone, Order
from orders.rows import Guard, OrderTransition, Standing, Timer


@dataclass(frozen=True, slots=True)
class Facts:
    """An order as read at one moment: what guards, effects and pages look at."""

    order: Order
    milestones: list[Milestone]
    now: datetime

    @property
    def current(self) -> Milestone | None:
        """The milestone under way; none before the first and after the end."""
        return next((m for m in self.milestones if m.state in UNDER_WAY), None)

    @property
    def following(self) -> Milestone | None:
        """The next planned milestone."""
        return next((m for m in self.milestones if m.state == MilestoneState.PLANNED), None)

    @property
    def accepted(self) -> list[Milestone]:
        return [m for m in self.milestones if m.state == MilestoneState.ACCEPTED]

    @property
    def standing(self) -> Standing:
        current = self.current
        return Standing(self.order.state, MilestoneState(current.state) if current else None)  # type: ignore[arg-type]

    @property
    def is_subscription(self) -> bool:
        return self.order.order_type == OrderType.SUBSCRIPTION

    @property
    def ends_early(self) -> bool:
        """Whether a running subscription has been ended: some of its months never begin (R-OFR-4)."""
        return self.is_subscription and any(m.state == MilestoneState.NOT_STARTED for m in self.milestones)

    @property
    def is_next_ahead(self) -> bool:
        """Whether the next milestone has a date that has not come: only a subscription's months have one."""
        date = self.following.begins_at if self.following else None
        return date is not None and self.now < date

    @property
    def noun(self) -> str:
        """What a stage of it is called: a subscription has months."""
        return "month" if self.is_subscription else "milestone"

    def revisions_left(self) -> int:
        """Revisions that the buyer can still ask for on the milestone under way, in the plan's scope (R-ORD-9)."""
        current = self.current
        if current is None:
            return 0
        if self.order.plan.revision_scope == RevisionScope.ORDER:
            used = sum(m.revisions_used for m in self.milestones)
        else:
            used = current.revisions_used
        return max(0, current.revisions_allowed() - used)


def _last(facts: Facts) -> DomainError | None:
    return errors.NotLastMilestone() if facts.following else None


def _not_last(facts: Facts) -> DomainError | None:
    return None if facts.following else errors.LastMilestone()


def _in_review_time(facts: Facts) -> DomainError | None:
    deadline = facts.current.review_deadline if facts.current else None
    if deadline is None or facts.now < deadline:
        return None
    return errors.TooLateToDecide(deadline=deadline)


def _revisions_left(facts: Facts) -> DomainError | None:
    if facts.revisions_left() > 0 or facts.current is None:
        return None
    scope = "this order" if facts.order.plan.revision_scope == RevisionScope.ORDER else f"this {facts.noun}"
    return errors.NoRevisionsLeft(allowed=facts.current.revisions_allowed(), scope=scope)


def _extension_unused(facts: Facts) -> DomainError | None:
    unused = facts.current is not None and facts.current.extension == ExtensionState.NONE
    return None if unused else errors.ExtensionUsed(noun=facts.noun)


def _extension_asked(facts: Facts) -> DomainError | None:
    asked = facts.current is not None and facts.current.extension == ExtensionState.ASKED
    return None if asked else errors.ExtensionNotAsked()


def _some_accepted(facts: Facts) -> DomainError | None:
    return None if facts.accepted else errors.NothingAccepted()


def _none_accepted(facts: Facts) -> DomainError | None:
    return errors.SomethingAccepted() if facts.accepted else None


def _nothing_to_answer(facts: Facts) -> DomainError | None:
    return errors.RequirementsOpen() if facts.order.requirements.exists() else None


def _not_late_yet(facts: Facts) -> DomainError | None:
    return errors.AlreadyLate() if facts.current and facts.current.late_at else None


def _not_on_hold(facts: Facts) -> DomainError | None:
    return errors.OrderOnHold() if facts.order.held_since else None


def _seller_here(facts: Facts) -> DomainError | None:
    seller = facts.order.seller
    return None if seller.is_active else errors.SellerLeft(seller=seller.first_name)


def _subscription(facts: Facts) -> DomainError | None:
    return None if facts.is_subscription else errors.NotASubscription()


def _no_subscription(facts: Facts) -> DomainError | None:
    return errors.EndTheSubscription() if facts.is_subscription else None


def _next_is_due(facts: Facts) -> DomainError | None:
    following = facts.following
    if following is None or following.begins_at is None or not facts.is_next_ahead:
        return None
    return errors.NextMonthAhead(month=following.name, date=following.begins_at)


def _next_is_ahead(facts: Facts) -> DomainError | None:
    if not facts.is_subscription:
        return errors.NotASubscription()
    return None if facts.is_next_ahead else errors.NextMonthDue(month=facts.following.name if facts.following else "")


def _months_left_out(facts: Facts) -> DomainError | None:
    if not facts.is_subscription:
        return errors.NotASubscription()
    return None if facts.following or facts.ends_early else errors.LastMilestone()


def _ran_through(facts: Facts) -> DomainError | None:
    return errors.EndTheSubscription() if facts.ends_early else None


GUARDS: dict[Guard, Callable[[Facts], DomainError | None]] = {
    Guard.LAST: _last,
    Guard.NOT_LAST: _not_last,
    Guard.IN_REVIEW_TIME: _in_review_time,
    Guard.REVISIONS_LEFT: _revisions_left,
    Guard.EXTENSION_UNUSED: _extension_unused,
    Guard.EXTENSION_ASKED: _extension_asked,
    Guard.SOME_ACCEPTED: _some_accepted,
    Guard.NONE_ACCEPTED: _none_accepted,
    Guard.NOTHING_TO_ANSWER: _nothing_to_answer,
    Guard.NOT_LATE_YET: _not_late_yet,
    Guard.NOT_ON_HOLD: _not_on_hold,
    Guard.SELLER_HERE: _seller_here,
    Guard.SUBSCRIPTION: _subscription,
    Guard.NO_SUBSCRIPTION: _no_subscription,
    Guard.NEXT_IS_DUE: _next_is_due,
    Guard.NEXT_IS_AHEAD: _next_is_ahead,
    Guard.MONTHS_LEFT_OUT: _months_left_out,
    Guard.RAN_THROUGH: _ran_through,
}


def deadline_of(facts: Facts, timer: Timer) -> datetime | None:
    """The stored instant that lets the clock act, from the order or its milestone under way."""
    holder = facts.order if timer in (Timer.UNPAID, Timer.PAY_BY) else facts.current
    instant: datetime | None = getattr(holder, timer.value, None)
    return instant


def refusal(facts: Facts, row: OrderTransition) -> DomainError | None:
    """Why `row` can't be taken now, state and actor apart; None when it can."""
    for guard in row.guards:
        if error := GUARDS[guard](facts):
            return error
    if row.timer:
        deadline = deadline_of(facts, row.timer)
        if deadline is None or facts.now < deadline:
            return errors.NotDueYet()
    return None
