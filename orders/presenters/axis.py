"""An axis of time for a drawing: where a moment stands, and a few days or months to read it by.

Places are per cent of the width, as strings, so that no locale changes a number. Days are the reader's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

EDGE = 1.0  # left free at either side, for marks on the first and the last moment
THINNEST = 0.8  # a bar of a moment is seen as well
MOST_TICKS = 4
DAYS, MONTHS = (1, 2, 4, 7, 14), (1, 2, 3, 6, 12, 24)
NEAR = 8.0  # a word this near to an edge begins or ends there


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    x: str
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From `start` to `end`, which is later."""

    start: datetime
    end: datetime

    def place(self, moment: datetime) -> str:
        return f"{self._share(moment):.2f}%"

    def bar(self, start: datetime, end: datetime) -> tuple[str, str]:
        """Where a bar begins, and how wide it is."""
        width = max(self._share(end) - self._share(start), THINNEST)
        return self.place(start), f"{width:.2f}%"

    def tick(self, moment: datetime, label: str) -> Tick:
        share = self._share(moment)
        anchor = "start" if share < NEAR else "end" if share > 100 - NEAR else "middle"
        return Tick(x=self.place(moment), label=label, anchor=anchor)

    def ticks(self) -> tuple[Tick, ...]:
        """At most `MOST_TICKS`, at midnights; on the first of months when there are too many weeks."""
        first, last = timezone.localtime(self.start).date(), timezone.localtime(self.end).date()
        step = next((step for step in DAYS if (last - first).days <= step * MOST_TICKS), None)
        if step is not None:
            count = (last - first).days // step
            days = (first + timedelta(days=step * number) for number in range(1, count + 1))
            return tuple(self.tick(_midnight(day), f"{day.day} {day:%b}") for day in days)
        return tuple(self.tick(_midnight(day), f"{day:%b} {day.year}") for day in _months(first, last))

    def _share(self, moment: datetime) -> float:
        return EDGE + (100 - 2 * EDGE) * ((moment - self.start) / (self.end - self.start))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _months(first: date, last: date) -> Iterator[date]:
    begin, count = first.year * 12 + first.month, (last.year - first.year) * 12 + last.month - first.month
    step = next((step for step in MONTHS if count <= step * MOST_TICKS), count)
    for number in range(begin, begin + count, step):
        yield date(number // 12, number % 12 + 1, 1)
