"""The schedule of an order: each milestone planned against actual, on one axis of time (R-ORD-15).

Planned is what was agreed when the work began: from the first start on, each milestone's days of 24 hours, one after
the other; a subscription's months from their dates. Before the first start it is reckoned as if the work began now.
Actual goes from a milestone's start to its end, or to now; on hold, to the instant of the hold (R-ORD-17).

*Behind* compares with the plan, whoever took the time: a buyer who thinks for three days puts it three days behind.
*Late* is work past its own due date, at the instant itself already (R-ORD-10). Both in full days of 24 hours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kernel.months import months_after
from orders.enums import FINAL_ORDER_STATES, UNDER_WAY, MilestoneState
from orders.guards import Facts
from orders.models import Delivery, Milestone, TimelineEntry
from orders.presenters.axis import Axis, Tick
from orders.presenters.words import counted, plain_day

M = MilestoneState
TAKEN_BACK = (M.CANCELLED, M.CHARGED_BACK)
DAY = timedelta(hours=24)
TONES = {"go": "Accepted", "work": "Under way", "stop": "Late", "idle": "Taken back"}

# The drawing: heights in pixels, places in per cent of its width.
TOP, FOOT, TALL = 22, 24, 60  # today's word, the ticks' words, a row
MOST_LETTERS = 42  # of a row's name and words together, at a phone's width


@dataclass(frozen=True, slots=True)
class Span:
    start: datetime
    end: datetime

    @property
    def days(self) -> list[str]:
        """The first and the last in the reader's zone: "Mon 2 Nov" and "Sat 7 Nov"; one if they are the same."""
        return list(dict.fromkeys((plain_day(self.start), plain_day(self.end))))


@dataclass(frozen=True, slots=True)
class Handed:
    """A delivery, and when a revision of it was asked for."""

    at: datetime
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One milestone as it went. `until` is its end, or now while it is under way; None before its start."""

    name: str
    state: MilestoneState
    planned: Span
    started_at: datetime | None = None
    until: datetime | None = None
    due_at: datetime | None = None
    handed: tuple[Handed, ...] = ()

    @property
    def actual(self) -> Span | None:
        return Span(self.started_at, self.until) if self.started_at and self.until else None

    @property
    def is_under_way(self) -> bool:
        return self.actual is not None and self.state in UNDER_WAY

    @property
    def late_by(self) -> timedelta | None:
        """Work past its due date, after a revision past the revision's; None in time, or when it was taken back."""
        if self.due_at is None or self.until is None or self.state in TAKEN_BACK:
            return None
        is_with_buyer = bool(self.handed) and self.handed[-1].asked_at is None
        worked_until = self.handed[-1].at if is_with_buyer else self.until
        return worked_until - self.due_at if worked_until >= self.due_at else None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the actual bar: at work, `late`, or `pale` with the buyer."""

    span: Span
    late: bool = False
    pale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: str
    width: str
    tone: str = ""
    pale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`words` stand beside the name in the drawing; `difference` and `late` in the list."""

    run: Run
    words: str
    difference: str
    late: str
    planned: Bar
    bars: tuple[Bar, ...]
    marks: tuple[str, ...]
    name_y: int

    @property
    def name(self) -> str:
        room = MOST_LETTERS - len(self.words)
        name = self.run.name
        return name if len(name) <= room else f"{name[: room - 1].rstrip()}…"

    @property
    def never(self) -> bool:
        return self.run.state == M.NOT_STARTED

    @property
    def planned_y(self) -> int:
        return self.name_y + 8

    @property
    def actual_y(self) -> int:
        return self.name_y + 20

    @property
    def mark_y(self) -> int:
        return self.name_y + 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    today: Tick | None
    begun: bool
    sentence: str

    @property
    def height(self) -> int:
        return self.floor + FOOT

    @property
    def floor(self) -> int:
        return TOP + TALL * len(self.rows)

    @property
    def tones(self) -> list[tuple[str, str]]:
        """The colours that are drawn, each with its word."""
        drawn = {bar.tone for row in self.rows for bar in row.bars}
        return [(tone, word) for tone, word in TONES.items() if tone in drawn]

    @property
    def has_marks(self) -> bool:
        return any(row.marks for row in self.rows)


def schedule_of(facts: Facts, deliveries: Iterable[Delivery], entries: Iterable[TimelineEntry]) -> Schedule | None:
    """None when the order ended before anything began. Expects the deliveries' revisions to be read."""
    order = facts.order
    is_over = order.state in FINAL_ORDER_STATES
    if is_over and order.began_at is None:
        return None
    handed: dict[int, list[Handed]] = {}
    for delivery in sorted(deliveries, key=lambda each: each.number):
        asked = max((revision.asked_at for revision in delivery.revisions.all()), default=None)
        handed.setdefault(delivery.milestone_id, []).append(Handed(delivery.delivered_at, asked))
    ends = {entry.milestone_id: entry.at for entry in entries if entry.milestone_state in TAKEN_BACK}
    runs = [
        Run(
            name=milestone.name,
            state=M(milestone.state),
            planned=planned,
            started_at=milestone.started_at,
            until=_until(facts, milestone, ends.get(milestone.pk)),
            due_at=milestone.due_at,
            handed=tuple(handed.get(milestone.pk, ())),
        )
        for milestone, planned in zip(facts.milestones, plan_of(facts), strict=True)
    ]
    return draw(runs, now=facts.now, is_over=is_over, begun=order.began_at is not None, noun=facts.noun)


def plan_of(facts: Facts) -> list[Span]:
    """When each milestone was to be worked on, in order."""
    begin = at = facts.order.began_at or facts.now
    spans = []
    for milestone in facts.milestones:
        if facts.is_subscription:
            at = milestone.begins_at or months_after(begin, milestone.position - 1)
        spans.append(Span(at, at + DAY * milestone.planned.days))
        at = spans[-1].end
    return spans


def draw(runs: Sequence[Run], *, now: datetime, is_over: bool, begun: bool, noun: str) -> Schedule:
    """`now` is on the axis while the order runs, and afterwards if it falls within."""
    spans = [span for run in runs for span in (run.planned, run.actual) if span]
    moments = [moment for span in spans for moment in (span.start, span.end)] + ([] if is_over else [now])
    axis = Axis(min(moments), max(moments))
    rows = tuple(_row(run, axis, number) for number, run in enumerate(runs))
    return Schedule(
        rows=rows,
        ticks=axis.ticks(),
        today=axis.tick(now, "Today") if axis.start <= now <= axis.end else None,
        begun=begun,
        sentence=_sentence(rows, begun=begun, noun=noun),
    )


def pieces_of(run: Run) -> list[Piece]:
    """The actual bar: at work until each delivery, then with the buyer, then at work on the revision."""
    if run.started_at is None or run.until is None:
        return []
    pieces: list[Piece] = []
    work_from: datetime | None = run.started_at
    for number, handed in enumerate(run.handed, start=1):
        following = run.handed[number].at if number < len(run.handed) else run.until
        if work_from is not None:
            pieces.append(Piece(Span(work_from, handed.at)))
        pieces.append(Piece(Span(handed.at, handed.asked_at or following), pale=True))
        work_from = handed.asked_at
    if work_from is not None:
        pieces.append(Piece(Span(work_from, run.until)))
    return _with_late(pieces, run)


def difference(planned: datetime, actual: datetime) -> str:
    """ "2 days early", "1 day behind"; less than a full day is "as planned"."""
    days = abs(actual - planned) // DAY
    return f"{counted(days, 'day')} {'early' if actual < planned else 'behind'}" if days else "as planned"


def _until(facts: Facts, milestone: Milestone, taken_back_at: datetime | None) -> datetime | None:
    if milestone.started_at is None:
        return None
    order = facts.order
    return milestone.accepted_at or taken_back_at or order.ended_at or order.clock(facts.now)


def _with_late(pieces: list[Piece], run: Run) -> list[Piece]:
    """Cut the last piece of work in two at the due date."""
    if not run.late_by or run.due_at is None:
        return pieces
    last = max(number for number, piece in enumerate(pieces) if not piece.pale)
    span = pieces[last].span
    due = max(run.due_at, span.start)
    in_time = [Piece(Span(span.start, due))] if due > span.start else []
    return [*pieces[:last], *in_time, Piece(Span(due, span.end), late=True), *pieces[last + 1 :]]


def _row(run: Run, axis: Axis, number: int) -> Row:
    late, tone = _late(run), _tone(run)
    x, width = axis.bar(run.planned.start, run.planned.end)
    bars = []
    for piece in pieces_of(run):
        at, wide = axis.bar(piece.span.start, piece.span.end)
        bars.append(Bar(x=at, width=wide, tone="stop" if piece.late else tone, pale=piece.pale))
    return Row(
        run=run,
        words=_words(run, late),
        difference=_difference(run),
        late=late,
        planned=Bar(x=x, width=width),
        bars=tuple(bars),
        marks=tuple(axis.place(handed.at) for handed in run.handed),
        name_y=TOP + TALL * number + 14,
    )


def _tone(run: Run) -> str:
    if run.state in TAKEN_BACK:
        return "idle"
    return "go" if run.state == M.ACCEPTED else "work"


def _late(run: Run) -> str:
    """ "1 day late"; of what was handed over, "delivered 1 day late"."""
    by = run.late_by
    if by is None:
        return ""
    words = f"{counted(by // DAY, 'day')} late" if by >= DAY else "less than a day late"
    return f"delivered {words}" if run.state in (M.DELIVERED, M.ACCEPTED) else words


def _difference(run: Run) -> str:
    if run.actual is None or run.state in TAKEN_BACK:
        return run.state.label.lower() if run.state in (*TAKEN_BACK, M.NOT_STARTED) else "not begun yet"
    if run.state == M.ACCEPTED:
        return difference(run.planned.end, run.actual.end)
    so_far = difference(run.planned.end, run.actual.end)
    return so_far if so_far.endswith("behind") else run.state.label.lower()


def _words(run: Run, late: str) -> str:
    return late or ("" if run.actual is None and run.state != M.NOT_STARTED else _difference(run))


def _sentence(rows: Sequence[Row], *, begun: bool, noun: str) -> str:
    runs = [row.run for row in rows]
    whole = Span(runs[0].planned.start, max(run.planned.end for run in runs))
    parts = [f"{counted(len(runs), noun)} planned, {' – '.join(whole.days)}"]
    if not begun:
        return f"{parts[0]}, as if the work began now."
    parts.append(f"{sum(run.state == M.ACCEPTED for run in runs)} accepted")
    told = [f"‘{row.run.name}’ {row.words}" for row in rows if row.words and not row.never]
    never = sum(row.never for row in rows)
    parts += [f"{never} not started"] if never else []
    return ", ".join(parts) + (": " + ", ".join(told) if told else "") + "."
