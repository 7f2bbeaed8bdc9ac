"""R-ORD-16: on track, at risk or late, at the exact instants at which one becomes the other."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from marketplace.kernel import clock
from orders.actors import CLOCK
from orders.models import Order, ProgressStep
from orders.presenters.insights.pace import PATIENCE, Level, Pace, agreed_time, is_behind, pace_of
from orders.services.holding import place_hold
from payments.enums import HoldKind
from tests.factories import order_states
from tests.factories.order_states import RUNNING, STATES
from tests.factories.orders import current, facts
from tests.payments.simulator_fixtures import StripeDouble

TICK = timedelta(microseconds=1)


def pace(order: Order, *, now: datetime | None = None) -> Pace:
    found = pace_of(facts(order, now=now))
    assert found is not None
    return found


def due(order: Order) -> datetime:
    moment = current(order).due_at
    assert moment is not None
    return moment


def hold(order: Order) -> None:
    place_hold(order=order, kind=HoldKind.SUPPORT, reason="Somebody asked us to look.", actor=CLOCK)


@pytest.fixture
def working(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Its first milestone has five days, of which a quarter is 30 hours."""
    return order_states.at_work(stripe, buyer, seller)


def test_r_ord_10_it_is_late_from_the_instant_of_its_due_date_on(working: Order) -> None:
    assert pace(working, now=due(working) - TICK).level == Level.AT_RISK
    assert pace(working, now=due(working)).level == Level.LATE
    assert pace(working, now=due(working) + timedelta(hours=50)).reason.endswith(", 2 days ago")


def test_it_is_at_risk_once_less_than_a_quarter_of_its_time_is_left(working: Order) -> None:
    quarter = timedelta(hours=30)
    assert agreed_time(current(working)) == 4 * quarter
    assert pace(working, now=due(working) - quarter).level == Level.ON_TRACK
    assert pace(working, now=due(working) - quarter + TICK).level == Level.AT_RISK
    assert "less than a quarter" in pace(working, now=due(working) - quarter + TICK).reason


def test_steps_put_it_at_risk_when_more_than_one_is_missing() -> None:
    """Four steps in 96 hours: an even pace shares one a day."""
    agreed, hour = timedelta(hours=96), timedelta(hours=1)
    assert not is_behind(0, 4, left=agreed - 24 * hour, agreed=agreed)
    assert is_behind(0, 4, left=agreed - 24 * hour - TICK, agreed=agreed)
    assert not is_behind(1, 4, left=agreed - 48 * hour, agreed=agreed)
    assert is_behind(1, 4, left=agreed - 48 * hour - TICK, agreed=agreed)
    assert not is_behind(4, 4, left=TICK, agreed=agreed)
    assert not is_behind(0, 0, left=TICK, agreed=agreed)
    assert not is_behind(0, 4, left=2 * agreed, agreed=agreed)


def test_r_ord_15_steps_that_are_not_shared_are_its_reason(working: Order) -> None:
    """Five days, three steps: by the third day two should be shared, and one may be missing."""
    milestone = current(working)
    ProgressStep.objects.filter(milestone=milestone).delete()
    for position in (1, 2, 3):
        ProgressStep.objects.create(milestone=milestone, position=position, name=f"Part {position}", is_stage=False)
    at = due(working) - timedelta(hours=80)
    assert pace(working, now=at).level == Level.ON_TRACK
    assert pace(working, now=at + TICK).level == Level.AT_RISK
    assert pace(working, now=at + TICK).reason.endswith(": 0 of 3 steps shared")
    milestone.steps.filter(position=1).update(shared_at=at)
    assert pace(working, now=at + TICK).level == Level.ON_TRACK


def test_a_revision_is_measured_by_its_own_days(stripe: StripeDouble, buyer: User, seller: User) -> None:
    """Half of five days, rounded up: three, of which a quarter is 18 hours (R-ORD-6)."""
    order = order_states.in_revision(stripe, buyer, seller)
    assert agreed_time(current(order)) == timedelta(hours=72)
    assert pace(order, now=due(order) - timedelta(hours=18)).level == Level.ON_TRACK
    assert pace(order, now=due(order) - timedelta(hours=18) + TICK).level == Level.AT_RISK
    assert pace(order, now=due(order)).level == Level.LATE


def test_what_is_delivered_is_on_track_however_long_the_buyer_looks(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = order_states.delivered(stripe, buyer, seller)
    found = pace(order, now=due(order) + timedelta(days=1))
    assert (found.level, found.at) == (Level.ON_TRACK, current(order).review_deadline)
    assert found.reason.startswith("Delivered, Bruno decides by ")


def test_a_buyer_who_does_not_answer_puts_it_at_risk_after_two_days(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = order_states.questions(stripe, buyer, seller)
    charge = current(order).charge
    assert charge is not None
    assert charge.succeeded_at is not None
    assert pace(order, now=charge.succeeded_at + PATIENCE).level == Level.ON_TRACK
    assert pace(order, now=charge.succeeded_at + PATIENCE + TICK).level == Level.AT_RISK


@pytest.mark.parametrize("state", ["payment_failed", "action_required", "consent_wanted"])
def test_a_payment_that_wants_the_buyer_puts_it_at_risk(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    found = pace(STATES[state](stripe, buyer, seller))
    assert found.level == Level.AT_RISK
    assert found.reason.startswith("Waits for Bruno’s payment, the order ends ")


def test_a_payment_that_is_with_the_bank_is_on_track(stripe: StripeDouble, buyer: User, seller: User) -> None:
    assert pace(order_states.charging(stripe, buyer, seller)).level == Level.ON_TRACK


def test_r_ord_17_while_it_is_on_hold_its_pace_stands_still(working: Order) -> None:
    hold(working)
    long_after = pace(working, now=due(working) + timedelta(days=30))
    assert (long_after.level, long_after.on_hold, long_after.at) == (Level.ON_TRACK, True, None)
    assert long_after.reason.startswith("On hold since ")


def test_r_ord_17_what_was_late_when_it_was_held_stays_late(working: Order) -> None:
    working.milestones.filter(state="in_progress").update(due_at=clock.now() - timedelta(minutes=1))
    hold(working)
    assert pace(working).level == Level.LATE


@pytest.mark.parametrize("state", STATES)
def test_every_order_that_runs_has_a_pace_and_no_other(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    found = pace_of(facts(STATES[state](stripe, buyer, seller)))
    assert (found is not None) == (state in RUNNING and state != "unpaid")
    if found is not None:
        assert "None" not in found.reason
