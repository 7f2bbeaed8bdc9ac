"""What a seller's running orders need of them: work to hand over, time to grant, buyers who don't answer."""

from collections.abc import Iterable, Iterator

from django.urls import reverse

from orders.enums import ExtensionState, MilestoneState, OrderState
from orders.models import Milestone
from orders.presenters.insights.needs import SOON, Need, Urgency
from orders.presenters.insights.pace import Level, asked_since, pace_of
from orders.presenters.words import counted, plain_day, plain_minute
from orders.selectors import OrderView

M, S = MilestoneState, OrderState


def needs_of_sales(views: Iterable[OrderView]) -> Iterator[Need]:
    """One need at most for each order: its next step. An order on hold needs nothing: support is at it."""
    for view in views:
        if view.current is not None and not view.order.held_since:
            yield from _needs(view, view.current)


def _needs(view: OrderView, current: Milestone) -> Iterator[Need]:
    match M(current.state):
        case M.IN_PROGRESS if view.order.state == S.AWAITING_REQUIREMENTS:
            yield from _unanswered(view, current)
        case M.IN_PROGRESS:
            yield from _work(view, current)
        case M.IN_REVISION:
            yield _revision(view, current)
        case M.DELIVERED if current.extension == ExtensionState.ASKED:
            yield _extension(view, current)


def _work(view: OrderView, current: Milestone) -> Iterator[Need]:
    """Late, at risk, or due soon; what is due later needs nobody yet."""
    pace, due = pace_of(view.facts), current.due_at
    if pace is None or due is None:
        return
    first = view.order.buyer.first_name
    if pace.level == Level.LATE:
        text = f"‘{current.name}’ for {first} was due {plain_minute(due)}."
        yield _delivery("deliver", Urgency.OVERDUE, text, view, current)
    elif pace.level == Level.AT_RISK or due - view.facts.now <= SOON:
        text = f"‘{current.name}’ for {first} is due {plain_minute(due)}."
        yield _delivery("deliver", Urgency.DATED, text, view, current)


def _revision(view: OrderView, current: Milestone) -> Need:
    first, pace = view.order.buyer.first_name, pace_of(view.facts)
    late = pace is not None and pace.level == Level.LATE
    when = "was due" if late else "is due"
    text = f"{first} asked for changes to ‘{current.name}’; the revision {when} {plain_minute(current.due_at)}."
    return _delivery("revise", Urgency.OVERDUE if late else Urgency.DATED, text, view, current)


def _delivery(kind: str, urgency: Urgency, text: str, view: OrderView, current: Milestone) -> Need:
    return Need(
        kind=kind,
        urgency=urgency,
        icon="clock-alert" if urgency == Urgency.OVERDUE else "rotate-ccw" if kind == "revise" else "package-check",
        text=text,
        about=view.order.title,
        action=f"Deliver ‘{current.name}’",
        url=f"{_page(view)}#deliver",
        at=current.due_at,
    )


def _extension(view: OrderView, current: Milestone) -> Need:
    first, days = view.order.buyer.first_name, counted(view.order.policy.extra_review_days, "more day")
    text = f"{first} asks for {days} to look at ‘{current.name}’, until {plain_minute(current.review_deadline)}."
    return Need(
        kind="answer_more_time",
        urgency=Urgency.DATED,
        icon="hourglass",
        text=text,
        about=view.order.title,
        action=f"Answer {first}",
        url=f"{_page(view)}#decide",
        at=current.review_deadline,
    )


def _unanswered(view: OrderView, current: Milestone) -> Iterator[Need]:
    """Questions that the seller may waive (R-ORD-2), once the buyer has thought about them long enough."""
    pace, since = pace_of(view.facts), asked_since(current)
    if pace is None or pace.level == Level.ON_TRACK:
        return
    first = view.order.buyer.first_name
    yield Need(
        kind="waive_requirements",
        urgency=Urgency.WAITING,
        icon="clipboard-list",
        text=f"{first} has not answered your questions since {plain_day(since)}. You can begin without the answers.",
        about=view.order.title,
        action="Begin without answers",
        url=reverse("orders:step", args=[view.order.public_id, "waive_requirements"]),
        at=since,
    )


def _page(view: OrderView) -> str:
    return reverse("orders:order", args=[view.order.public_id])
