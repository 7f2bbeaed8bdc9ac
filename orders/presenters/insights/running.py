"""Every order under way, with its rail and whether it goes as agreed (R-ORD-16)."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from orders.models import Milestone, Order
from orders.presenters.insights.pace import Level, Pace, pace_of
from orders.presenters.rail import Post, label_of, small_posts
from orders.presenters.words import other
from orders.selectors import OrderView


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    order: Order
    milestone: Milestone
    other: User
    posts: list[Post]
    rail_label: str
    noun: str
    pace: Pace

    @property
    def number(self) -> str:
        """ "month 1 of 4"."""
        return f"{self.noun} {self.milestone.position} of {len(self.posts)}"


def running_of(views: Iterable[OrderView]) -> list[Running]:
    """Late first, then at risk; within each by the date that comes first."""
    found = [
        Running(
            order=view.order,
            milestone=view.current,
            other=other(view),
            posts=small_posts(view.facts),
            rail_label=label_of(view.facts),
            noun=view.facts.noun,
            pace=pace,
        )
        for view in views
        if view.current and (pace := pace_of(view.facts))
    ]
    return sorted(found, key=_place)


def count_levels(running: Iterable[Running]) -> list[tuple[Level, int]]:
    """How many there are of each level, the worrying first, without those of which there are none."""
    levels = [row.pace.level for row in running]
    return [(level, levels.count(level)) for level in Level if level in levels]


def _place(row: Running) -> tuple[int, float, int]:
    """What has no date comes after what has one."""
    return row.pace.level, row.pace.at.timestamp() if row.pace.at else float("inf"), row.order.pk
