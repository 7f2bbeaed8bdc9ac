"""A seller's earnings as bars, one a week or a month, stacked by where the money is. Lengths are per cent.

What was sent stands at the day it was sent, what clears at the day it clears, and the rest at today. What is only
expected, of work that is not accepted yet, stands at the day that its caller says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from marketplace.kernel.money import Money
from payments.enums import ON_THE_WAY, TransferState
from payments.models import Transfer

STACK = ("paid", "on_the_way", "available", "clearing", "expected")  # from the ground up
LABELS = {
    "paid": "Paid to you",
    "on_the_way": "On the way",
    "available": "Available",
    "clearing": "Clearing",
    "expected": "Expected",
}
MOST_WEEKS, MONTHS = 12, 12
GAP = 0.3  # of a bar's place


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    part: str
    y: str
    height: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`label` is short and stands under it, `name` says it whole: "Week of 16 Nov". `sums` as the chart’s `parts`."""

    label: str
    name: str
    x: str
    width: str
    segments: tuple[Segment, ...]
    sums: tuple[Money, ...]
    total: Money
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`parts` are those that are drawn, each with its word; a bar's `sums` are in their order."""

    bars: tuple[Bar, ...]
    parts: tuple[tuple[str, str], ...]
    top: Money
    half: Money
    now_x: str
    title: str


def draw_chart(
    transfers: Iterable[Transfer], currency: str, *, now: datetime, expected: Iterable[tuple[datetime, int]] = ()
) -> Chart | None:
    """None when there is nothing to draw: no transfer of that currency in the last year, and nothing `expected`."""
    today = timezone.localtime(now).date()
    placed = [placing for transfer in transfers if (placing := _place(transfer, now))]
    placed += [(timezone.localtime(at).date(), "expected", amount) for at, amount in expected]
    days = [day for day, _, amount in placed if amount]
    if not days:
        return None
    weekly = (today - min(days)).days < 7 * MOST_WEEKS
    starts = _weeks(min(*days, today), max(*days, today)) if weekly else _months(today, max(*days, today))
    sums = [dict.fromkeys(STACK, 0) for _ in starts]
    for day, part, amount in placed:
        index = max((number for number, start in enumerate(starts) if start <= day), default=None)
        if index is not None:
            sums[index][part] += amount
    if not any(sum(each.values()) for each in sums):
        return None
    return _chart(starts, sums, currency, weekly=weekly, today=today)


def part_of(transfer: Transfer, now: datetime) -> str:
    """Where the money of a transfer is: one of STACK."""
    if transfer.state == TransferState.SUCCEEDED:
        return "paid"
    if transfer.state == TransferState.WAITING:
        return "clearing" if transfer.clears_at > now else "available"
    return "on_the_way" if transfer.state in {*ON_THE_WAY, TransferState.QUARANTINED} else ""


def left_of(transfer: Transfer) -> int:
    """What the seller has of it, or will have: less what was taken back. `taken_back` by `earnings.transfers_of`."""
    return transfer.amount - sum(reversal.amount for reversal in transfer.taken_back)  # type: ignore[attr-defined]


def _place(transfer: Transfer, now: datetime) -> tuple[date, str, int] | None:
    part = part_of(transfer, now)
    if not part:
        return None
    at = {"paid": transfer.succeeded_at, "clearing": transfer.clears_at}.get(part) or now
    return timezone.localtime(at).date(), part, left_of(transfer)


def _weeks(first: date, last: date) -> list[date]:
    """Mondays, at least eight of them, so that a single week is no wall."""
    monday = min(first, last - timedelta(weeks=7))
    monday -= timedelta(days=monday.weekday())
    return [monday + timedelta(weeks=number) for number in range((last - monday).days // 7 + 1)]


def _months(today: date, last: date) -> list[date]:
    """The first days of the last twelve months and of those to come."""
    number = today.year * 12 + today.month - MONTHS
    end = last.year * 12 + last.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number, end + 1)]


def _chart(starts: list[date], sums: list[dict[str, int]], currency: str, *, weekly: bool, today: date) -> Chart:
    top = _round_up(max(sum(each.values()) for each in sums))
    step = 100 / len(starts)
    current = max(number for number, start in enumerate(starts) if start <= today)
    total = Money(sum(sum(each.values()) for each in sums), currency)
    kind = "weeks" if weekly else "months"
    parts = tuple((part, LABELS[part]) for part in STACK if any(each[part] for each in sums))
    ahead = Money(sum(each["expected"] for each in sums), currency)
    return Chart(
        bars=tuple(
            Bar(
                label=f"{start.day} {start:%b}" if weekly else f"{start:%b}",
                name=f"Week of {start.day} {start:%B}" if weekly else f"{start:%B %Y}",
                x=_percent(number * step + step * GAP / 2),
                width=_percent(step * (1 - GAP)),
                segments=_segments(each, top),
                sums=tuple(Money(each[part], currency) for part, _ in parts),
                total=Money(sum(each.values()), currency),
                is_now=number == current,
            )
            for number, (start, each) in enumerate(zip(starts, sums, strict=True))
        ),
        parts=parts,
        top=Money(top, currency),
        half=Money(top // 2, currency),
        now_x=_percent((current + 1) * step),
        title=f"Your earnings by {kind[:-1]}: {total} in {len(starts)} {kind}"
        + (f", {ahead} of it expected." if ahead.amount else "."),
    )


def _segments(sums: dict[str, int], top: int) -> tuple[Segment, ...]:
    segments, ground = [], 0
    for part in STACK:
        if sums[part]:
            ground += sums[part]
            segments.append(
                Segment(part=part, y=_percent(100 - 100 * ground / top), height=_percent(100 * sums[part] / top))
            )
    return tuple(segments)


def _round_up(most: int) -> int:
    """To 1, 2, 4, 6 or 8 with zeros behind, so that half of it is a round sum too."""
    size = int("1" + "0" * max(len(str(most)) - 1, 1))
    return next(step * size for step in (1, 2, 4, 6, 8, 10) if step * size >= most)


def _percent(number: float) -> str:
    return f"{number:.2f}%"
