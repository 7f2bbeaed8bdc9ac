"""What needs a person now: one sentence and one button each, the most urgent first (R-ORD-16)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from accounts.models import User
from marketplace.kernel import clock
from marketplace.web import durations
from orders.enums import Role

SOON = timedelta(days=3)  # how long before a deadline it begins to need someone


class Urgency(IntEnum):
    """A date has passed, or one is coming, or somebody waits, or nothing is lost today."""

    OVERDUE = 0
    DATED = 1
    WAITING = 2
    CHORE = 3

    @property
    def tone(self) -> str:
        return {Urgency.OVERDUE: "stop", Urgency.DATED: "turn", Urgency.WAITING: "work", Urgency.CHORE: "idle"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """`kind` names it for programs. `at` is its deadline, or since when somebody waits; None for a chore."""

    kind: str
    urgency: Urgency
    icon: str
    text: str
    about: str
    action: str
    url: str
    at: datetime | None = None

    @property
    def tone(self) -> str:
        return self.urgency.tone

    @property
    def when(self) -> str:
        """The word beside it: how late, how much time is left, how long somebody has waited."""
        now = clock.now()
        if self.urgency == Urgency.CHORE:
            return "When you have time"
        if self.at is None:
            return "Waits"
        if self.urgency == Urgency.OVERDUE:
            return f"{durations.words(now - self.at)} late"
        if self.urgency == Urgency.DATED:
            return f"{durations.words(self.at - now)} left"
        return f"Waits {durations.words(now - self.at)}"


def most_urgent_first(needs: Iterable[Need]) -> list[Need]:
    """By urgency; then the earliest deadline, or who has waited longest. Chores keep the order in which they came."""
    return sorted(needs, key=lambda need: (need.urgency, need.at.timestamp() if need.at else 0))


NeedFinder = Callable[[User, Role, datetime], Iterable[Need]]
_finders: list[NeedFinder] = []


def register_needs(finder: NeedFinder) -> None:
    """An app above adds what it needs of a person, as buyer or as seller. From its `ready()`."""
    if finder not in _finders:
        _finders.append(finder)


def needs_from_above(user: User, side: Role, *, now: datetime) -> list[Need]:
    return [need for find in _finders for need in find(user, side, now)]
