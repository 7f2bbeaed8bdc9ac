"""Everything that the order page shows, put together once: constant in queries, whatever the number of milestones."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from marketplace.kernel.money import Money
from orders.models import Milestone, Order, OrderRequirement, Task
from orders.presenters.answers import Answer, answers_of
from orders.presenters.consent import next_charge_words
from orders.presenters.decision import Decision, decision_of
from orders.presenters.deliveries import Handover, handovers_of
from orders.presenters.endings import Ending, ending_of
from orders.presenters.money import Purse, purse_of
from orders.presenters.notes import Notes, notes_on
from orders.presenters.progress import Progress, progress_of
from orders.presenters.rail import Post, is_late, label_of, posts_of
from orders.presenters.schedule import Schedule, schedule_of
from orders.presenters.story import Happening, tell_all
from orders.presenters.words import other, total_price
from orders.selectors import OrderView, deliveries_of, tasks_of, timeline_of, view_order

RECENT = 8  # lines of the log that show without asking
MOST_POSTS = 6  # of the rail with their words


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    view: OrderView
    other: User
    total: Money
    answers: list[Answer]
    posts: list[Post]
    rail_label: str
    decision: Decision | None
    ending: Ending | None
    purse: Purse
    next_charge: str
    shown: list[Handover]
    earlier: list[Handover]
    requirements: list[OrderRequirement]
    steps: dict[int, Progress]
    schedule: Schedule | None
    recent: list[Happening]
    older: list[Happening]
    tasks: list[Task] | None
    notes: Notes

    @property
    def order(self) -> Order:
        return self.view.order

    @property
    def is_buyer(self) -> bool:
        return self.view.is_buyer

    @property
    def plan(self) -> list[tuple[Milestone, Post, Progress | None]]:
        """Each milestone with its post, whose words are the viewer's, and its steps."""
        milestones = self.view.facts.milestones
        return [(each, post, self.steps.get(each.pk)) for each, post in zip(milestones, self.posts, strict=True)]

    @property
    def progress(self) -> Progress | None:
        """The steps of the milestone under way; of an order paid at once, to its end."""
        of = self.view.current or (self.view.facts.milestones[0] if len(self.posts) == 1 else None)
        return self.steps.get(of.pk) if of else None

    @property
    def is_late(self) -> bool:
        return is_late(self.view.facts)

    @property
    def is_long(self) -> bool:
        """Whether the rail has more posts than words fit beside: a subscription's can."""
        return len(self.posts) > MOST_POSTS

    @property
    def standing(self) -> str:
        """Changes whenever the page would look different; the waiting page asks for it."""
        return standing_of(self.view)

    @property
    def crumbs(self) -> list[dict[str, str]]:
        side = "" if self.is_buyer else "?side=selling"
        return [{"label": "Orders", "href": reverse("orders:list") + side}, {"label": self.order.number, "href": ""}]


def page_of(order: Order, user: User, *, now: datetime) -> OrderPage:
    """Expects `order` with its milestones read (`selectors.with_milestones`)."""
    view = view_order(order, user, now=now)
    purse = purse_of(view)
    deliveries, entries = list(deliveries_of(order)), list(timeline_of(order))
    shown, earlier = handovers_of(view, deliveries)
    story = tell_all(entries, order=order, reader=user)
    return OrderPage(
        view=view,
        other=other(view),
        total=total_price(view.facts.milestones, order),
        answers=answers_of(view, purse),
        posts=posts_of(view),
        rail_label=label_of(view.facts),
        decision=decision_of(view),
        ending=ending_of(view, purse),
        purse=purse,
        next_charge=next_charge_words(view),
        shown=shown,
        earlier=earlier,
        requirements=list(order.requirements.all()),
        steps=progress_of(view),
        schedule=schedule_of(view.facts, deliveries, entries),
        recent=story[:RECENT],
        older=story[RECENT:],
        tasks=None if view.is_buyer else list(tasks_of(order)),
        notes=notes_on(view, user),
    )


def standing_of(view: OrderView) -> str:
    current = view.current
    charge = current.charge.state if current and current.charge else ""
    return f"{view.facts.standing}-{current.position if current else 0}-{charge}"
