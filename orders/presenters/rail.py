"""The rail of an order: one post per milestone, in the words of the side that looks."""

from dataclasses import dataclass

from milestones.enums import OrderType
from orders.enums import MilestoneState, OrderState
from orders.guards import Facts
from orders.models import Milestone
from orders.presenters.turns import Turn, is_yours, turn_of
from orders.presenters.words import counted, other, plain_day
from orders.selectors import OrderView

M = MilestoneState


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What `<c-rail>` draws. `turn` is "you" where the viewer has to act."""

    name: str
    state: str
    label: str
    meta: str = ""
    current: bool = False
    turn: str = ""


def posts_of(view: OrderView) -> list[Post]:
    yours = is_yours(view.facts, view.role)
    return [
        Post(
            name=milestone.name,
            state=milestone.state,
            label=state_words(view, milestone),
            meta=_meta(milestone),
            current=milestone == view.current,
            turn="you" if milestone == view.current and yours else "",
        )
        for milestone in view.facts.milestones
    ]


def small_posts(facts: Facts) -> list[Post]:
    """Stones without words, for lists."""
    return [Post(name=m.name, state=m.state, label="") for m in facts.milestones]


def label_of(facts: Facts) -> str:
    """What a screen reader says of the whole rail: "5 milestones, 2 accepted, the third is delivered"."""
    current = facts.current
    parts = [counted(len(facts.milestones), facts.noun), f"{len(facts.accepted)} accepted"]
    if current:
        parts.append(f"‘{current.name}’ is {MilestoneState(current.state).label.lower()}")
    return ", ".join(parts)


def is_late(facts: Facts) -> bool:
    """Whether what is being worked on is past its due date (R-ORD-10)."""
    current = facts.current
    return current is not None and current.late_at is not None and current.state in (M.IN_PROGRESS, M.IN_REVISION)


def state_words(view: OrderView, milestone: Milestone) -> str:
    """The word for the state of a milestone, from the viewer's side."""
    state = MilestoneState(milestone.state)
    if milestone == view.current and (words := _current_words(view, milestone)):
        return words
    return state.label


def _current_words(view: OrderView, milestone: Milestone) -> str:
    if view.order.held_since:
        return ""  # nobody's turn
    first = other(view).first_name
    match MilestoneState(milestone.state):
        case M.DELIVERED if view.is_buyer:
            return "Delivered, your turn"
        case M.IN_PROGRESS if view.order.state == OrderState.AWAITING_REQUIREMENTS:
            return "Waits for your answers" if view.is_buyer else "Waits for answers"
        case M.IN_PROGRESS | M.IN_REVISION if milestone.late_at:
            return "Late"
        case M.CHARGING if turn_of(view.facts) == Turn.BUYER:
            return "Waits for your payment" if view.is_buyer else "Waits for payment"
        case M.ACTION_REQUIRED if not view.is_buyer:
            return f"Payment needs {first}"
    return ""


def _meta(milestone: Milestone) -> str:
    price = str(milestone.price)
    match MilestoneState(milestone.state):
        case M.ACCEPTED:
            return f"{plain_day(milestone.accepted_at)} · {price}"
        case M.DELIVERED:
            return f"{plain_day(milestone.delivered_at)} · {price}"
        case M.IN_PROGRESS | M.IN_REVISION if milestone.due_at:
            return f"due {plain_day(milestone.due_at)} · {price}"
        case M.SCHEDULED | M.PLANNED if milestone.begins_at:
            return f"{plain_day(milestone.begins_at)} · {price}"
        case M.NOT_STARTED:
            return f"not charged · {price}"
        case M.CANCELLED:
            return f"refunded · {price}"
        case M.CHARGED_BACK:
            return f"taken back · {price}"
    return f"{_when(milestone)} · {price}"


def _when(milestone: Milestone) -> str:
    """How long it takes; of a later month whose date is not known yet, how long after the first it begins."""
    if milestone.order.order_type == OrderType.SUBSCRIPTION and milestone.begins_at is None and milestone.position > 1:
        return f"{counted(milestone.position - 1, 'month')} later"
    return counted(milestone.planned.days, "day")
