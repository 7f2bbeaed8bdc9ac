"""The schedule (R-ORD-15): planned against actual, to the instant and to the hundredth of a per cent."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from marketplace.kernel import clock
from orders.actors import CLOCK
from orders.enums import FINAL_ORDER_STATES, MilestoneState, OrderState
from orders.models import Order
from orders.presenters.axis import Axis
from orders.presenters.schedule import Handed, Row, Run, Schedule, Span, difference, draw, pieces_of, schedule_of
from orders.selectors import deliveries_of, timeline_of
from orders.services.holding import place_hold
from payments.enums import HoldKind
from tests.factories.order_states import STATES
from tests.factories.orders import facts
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, beat, travel

M = MilestoneState
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def at(days: float = 0, hours: float = 0) -> datetime:
    return START + timedelta(days=days, hours=hours)


def run(
    state: MilestoneState,
    *,
    planned: tuple[float, float] = (0, 5),
    started: float | None = 0,
    until: datetime | None = None,
    due: datetime | None = None,
    handed: tuple[Handed, ...] = (),
) -> Run:
    return Run(
        name="Sketch",
        state=state,
        planned=Span(at(planned[0]), at(planned[1])),
        started_at=None if started is None else at(started),
        until=until,
        due_at=due or (None if started is None else at(started + 5)),
        handed=handed,
    )


def drawn(*runs: Run, now: datetime = START, is_over: bool = False, begun: bool = True) -> Schedule:
    return draw(runs, now=now, is_over=is_over, begun=begun, noun="milestone")


def row(one: Run) -> Row:
    return drawn(one).rows[0]


def schedule(order: Order, *, now: datetime | None = None) -> Schedule | None:
    return schedule_of(facts(order, now=now), deliveries_of(order), timeline_of(order))


# --- Words, at exact instants -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (at(3), "2 days early"),
        (at(4), "1 day early"),
        (at(4) + TICK, "as planned"),
        (at(5), "as planned"),
        (at(6) - TICK, "as planned"),
        (at(6), "1 day behind"),
        (at(8, hours=23), "3 days behind"),
    ],
)
def test_r_ord_15_an_accepted_milestone_is_compared_in_full_days(actual: datetime, words: str) -> None:
    assert difference(at(5), actual) == words
    accepted = row(run(M.ACCEPTED, until=actual, handed=(Handed(at(2)),)))
    assert (accepted.difference, accepted.words, accepted.late) == (words, words, "")


@pytest.mark.parametrize(
    ("now", "late"),
    [
        (at(5) - TICK, ""),
        (at(5), "less than a day late"),
        (at(6) - TICK, "less than a day late"),
        (at(6), "1 day late"),
        (at(7, hours=23), "2 days late"),
    ],
)
def test_r_ord_10_work_is_late_from_the_instant_of_its_due_date(now: datetime, late: str) -> None:
    under_way = row(run(M.IN_PROGRESS, until=now))
    assert under_way.late == late
    assert under_way.words == (late or "in progress")
    delivered = row(run(M.DELIVERED, until=at(20), handed=(Handed(now),)))
    assert delivered.late == (f"delivered {late}" if late else "")


def test_r_ord_17_a_buyer_who_thinks_puts_it_behind_and_nobody_is_late() -> None:
    slow = row(run(M.ACCEPTED, until=at(9), handed=(Handed(at(4)),)))
    assert (slow.difference, slow.late) == ("4 days behind", "")
    waiting = row(run(M.DELIVERED, until=at(7), handed=(Handed(at(4)),)))
    assert (waiting.difference, waiting.late) == ("2 days behind", "")


def test_r_ord_6_after_a_revision_its_own_due_date_counts() -> None:
    handed = (Handed(at(4), at(6)),)
    in_time = row(run(M.IN_REVISION, until=at(8), due=at(9), handed=handed))
    assert (in_time.words, in_time.late) == ("3 days behind", "")
    assert row(run(M.IN_REVISION, until=at(10), due=at(9), handed=handed)).late == "1 day late"
    again = (*handed, Handed(at(11)))
    assert row(run(M.ACCEPTED, until=at(12), due=at(9), handed=again)).late == "delivered 2 days late"


@pytest.mark.parametrize(
    ("state", "words", "listed"),
    [
        (M.PLANNED, "", "not begun yet"),
        (M.PAYMENT_FAILED, "", "not begun yet"),
        (M.NOT_STARTED, "not started", "not started"),
        (M.CANCELLED, "", "cancelled"),
    ],
)
def test_what_never_started_has_no_actual_bar(state: MilestoneState, words: str, listed: str) -> None:
    never = row(run(state, started=None))
    assert (never.words, never.difference, never.late, never.bars) == (words, listed, "", ())


def test_what_was_taken_back_is_not_called_late() -> None:
    for state, words in ((M.CANCELLED, "cancelled"), (M.CHARGED_BACK, "charged back")):
        taken = row(run(state, until=at(9)))
        assert (taken.words, taken.difference, taken.late, taken.bars[0].tone) == (words, words, "", "idle")


# --- The drawing ------------------------------------------------------------------------------------------------------
def test_the_actual_bar_is_work_then_waiting_then_the_revision() -> None:
    handed = (Handed(at(4), at(6)), Handed(at(8)))
    pieces = pieces_of(run(M.ACCEPTED, until=at(10), due=at(7), handed=handed))
    assert [(piece.span.start, piece.span.end, piece.pale, piece.late) for piece in pieces] == [
        (at(0), at(4), False, False),
        (at(4), at(6), True, False),
        (at(6), at(7), False, False),
        (at(7), at(8), False, True),
        (at(8), at(10), True, False),
    ]


def test_r_ord_15_places_and_heights_are_exact() -> None:
    """Ten days on 98 % of the width: 9.8 % a day, from 1 % on. Midnights come 15 hours after the start."""
    first = run(M.ACCEPTED, until=at(4), handed=(Handed(at(3)),))
    second = run(M.IN_PROGRESS, planned=(5, 10), started=4, until=at(9.5))
    chart = drawn(first, second, now=at(9.5))
    one, two = chart.rows
    assert [(bar.x, bar.width, bar.tone, bar.pale) for bar in one.bars] == [
        ("1.00%", "29.40%", "go", False),
        ("30.40%", "9.80%", "go", True),
    ]
    assert (one.planned.x, one.planned.width, one.marks) == ("1.00%", "49.00%", ("30.40%",))
    assert (two.planned.x, two.planned.width, two.marks) == ("50.00%", "49.00%", ())
    assert [(bar.x, bar.width, bar.tone) for bar in two.bars] == [
        ("40.20%", "49.00%", "work"),
        ("89.20%", "4.90%", "stop"),
    ]
    assert (one.name_y, one.planned_y, one.actual_y, one.mark_y) == (36, 44, 56, 61)
    assert (two.name_y, chart.floor, chart.height) == (96, 142, 166)
    assert chart.today is not None
    assert (chart.today.x, chart.today.anchor) == ("94.10%", "end")
    assert [(tick.x, tick.label) for tick in chart.ticks] == [("36.52%", "6 Mar"), ("75.72%", "10 Mar")]
    assert chart.sentence == (
        "2 milestones planned, Mon 2 Mar – Thu 12 Mar, 1 accepted: ‘Sketch’ 1 day early, ‘Sketch’ less than a day late."
    )


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (4, ["3 Mar", "4 Mar", "5 Mar", "6 Mar"]),
        (5, ["4 Mar", "6 Mar"]),
        (28, ["9 Mar", "16 Mar", "23 Mar", "30 Mar"]),
        (70, ["Apr 2026", "May 2026"]),
        (365, ["Apr 2026", "Jul 2026", "Oct 2026", "Jan 2027"]),
    ],
)
def test_the_axis_has_at_most_four_ticks(days: int, labels: list[str]) -> None:
    assert [tick.label for tick in Axis(START, at(days)).ticks()] == labels


def test_days_are_the_readers() -> None:
    with timezone.override("Pacific/Auckland"):
        chart = drawn(run(M.PLANNED, started=None), begun=False)
        assert [tick.label for tick in chart.ticks] == ["4 Mar", "6 Mar"]
        assert chart.ticks[0].x == "22.23%"  # 26 hours after the start, of 120
        assert chart.sentence == "1 milestone planned, Mon 2 Mar – Sat 7 Mar, as if the work began now."


def test_a_long_name_leaves_room_for_its_words() -> None:
    long = Run(name="N" * 80, state=M.DELIVERED, planned=Span(at(), at(5)), started_at=at(), until=at(2))
    drawn_name = row(long).name
    assert drawn_name == "N" * 32 + "…"
    assert len(drawn_name) + len(row(long).words) == 42


def test_today_is_drawn_after_the_end_only_where_it_falls_within() -> None:
    over = run(M.ACCEPTED, until=at(3))
    assert drawn(over, now=at(4), is_over=True).today is not None
    assert drawn(over, now=at(30), is_over=True).today is None


# --- Of orders --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", STATES)
def test_r_ord_15_every_state_has_its_schedule(state: str, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = STATES[state](stripe, buyer, seller)
    found = schedule(order)
    if order.state in FINAL_ORDER_STATES and order.began_at is None:
        assert found is None
        return
    assert found is not None
    assert found.begun == (order.began_at is not None)
    assert len(found.rows) == order.milestones.count()
    for shown, milestone in zip(found.rows, order.milestones.all(), strict=True):
        assert bool(shown.bars) == (milestone.started_at is not None)
        assert shown.run.actual is None or shown.run.actual.start == milestone.started_at


def test_the_plan_begins_with_the_first_start_and_runs_on(story: Story) -> None:
    now = clock.now()
    before = schedule(story.order, now=now)
    assert before is not None
    assert [each.run.planned.start for each in before.rows] == [now + timedelta(days=days) for days in (0, 5, 10)]
    assert not before.begun
    story.pay()
    travel(days=3, hours=12)
    story.deliver()
    story.accept_and_continue()
    travel(days=6, hours=12)
    beat()
    began = story.order.began_at
    found = schedule(story.order)
    assert began is not None
    assert found is not None
    assert [each.run.planned.start for each in found.rows] == [began + timedelta(days=days) for days in (0, 5, 10)]
    assert [each.words for each in found.rows] == ["1 day early", "1 day late", ""]
    assert found.rows[0].run.until == story.milestone(1).accepted_at
    story.deliver()
    story.accept_and_stop()
    ended = schedule(story.order)
    assert ended is not None
    assert [each.words for each in ended.rows] == ["1 day early", "delivered 1 day late", "not started"]
    assert ended.sentence.endswith("2 accepted, 1 not started: ‘Step 1’ 1 day early, ‘Step 2’ delivered 1 day late.")


def test_r_ofr_4_months_are_planned_on_their_dates(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = STATES["between_months"](stripe, buyer, seller)
    moved = order.milestones.get(position=2)
    assert moved.begins_at is not None
    order.milestones.filter(position=2).update(begins_at=moved.begins_at + timedelta(days=3))
    found = schedule(order)
    assert found is not None
    for shown, month in zip(found.rows, order.milestones.all(), strict=True):
        assert month.begins_at is not None
        assert shown.run.planned == Span(month.begins_at, month.begins_at + timedelta(days=20))


def test_r_ord_17_on_hold_the_bar_ends_where_the_clocks_stand(story: Story) -> None:
    story.pay()
    travel(days=2)
    place_hold(order=story.order, kind=HoldKind.SUPPORT, reason="We look into it.", actor=CLOCK)
    travel(days=9)
    found = schedule(story.order)
    assert found is not None
    assert (found.rows[0].run.until, found.rows[0].late) == (story.order.held_since, "")


def test_what_support_cancelled_ends_when_it_was_cancelled(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = STATES["consent_wanted"](stripe, buyer, seller)
    assert order.state == OrderState.AWAITING_NEXT_PAYMENT
    found = schedule(order, now=clock.now() + timedelta(days=9))
    entry = timeline_of(order).filter(milestone_state=M.CANCELLED).latest("pk")
    assert found is not None
    assert found.rows[0].run.until == entry.at


def page(order: Order, user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get(f"/orders/{order.public_id}/").content.decode()


@pytest.mark.parametrize("state", ["unpaid", "late", "stopped"])
def test_r_ord_15_both_sides_see_it(state: str, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = STATES[state](stripe, buyer, seller)
    found = schedule(order)
    assert found is not None
    for person in (buyer, seller):
        html = page(order, person)
        part = html[html.index('aria-labelledby="schedule"') :].partition("</section>")[0]
        assert part.count('class="plan"') + part.count('class="s-dash"') == 4  # of the legend and of three milestones
        assert "As a list" in part
        assert ('data-tone="stop"' in part) == (state == "late")
        assert ("as if the work began now" in part) == (state == "unpaid")
        assert ("clock-alert" in part or "Less than a day late" in part) == (state == "late")
        assert "style=" not in part


def test_an_order_that_ended_before_it_began_has_none(stripe: StripeDouble, buyer: User, seller: User) -> None:
    assert 'aria-labelledby="schedule"' not in page(STATES["abandoned"](stripe, buyer, seller), buyer)
