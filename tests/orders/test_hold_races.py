"""A hold against the clock at the same instant, on real connections: only the lock on the order decides (R-ORD-17)."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest

from accounts.models import User
from orders.actors import CLOCK, Actor
from orders.enums import Role
from orders.errors import NotDueYet, OrderOnHold
from orders.models import Order, TimelineEntry
from orders.services.door import transition
from orders.services.holding import lift_hold, place_hold
from payments.enums import HoldKind
from payments.invariants import violations
from tests.orders.test_races import at_once
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story

TRIALS = 10  # thousands, of each pair of transitions, in tests/prove/test_races.py
SUPPORT = Actor(Role.SUPPORT)


@pytest.fixture
def delivered(transactional_db: None, stripe: StripeDouble, buyer: User, seller: User) -> Callable[[], Story]:
    def make() -> Story:
        story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
        story.pay()
        story.deliver()
        return story

    return make


def place(story: Story) -> None:
    place_hold(order=story.order, kind=HoldKind.SUPPORT, reason="We look into it.", actor=SUPPORT)


def lift(story: Story) -> None:
    lift_hold(order=story.order, kind=HoldKind.SUPPORT, actor=SUPPORT)


def lapse(order: Order, at: datetime) -> None:
    """The beat, whose clock says `at`."""
    with transition(order=order, name="lapse_review", actor=CLOCK, now=at):
        pass


def test_r_ord_17_lifting_and_the_timer_that_was_due_meanwhile(delivered: Callable[[], Story]) -> None:
    """The timer knows the deadline from before the hold: refused while it stands, and not due once it is lifted."""
    for trial in range(TRIALS):
        story = delivered()
        place(story)
        before = story.milestone(1).review_deadline
        assert before is not None
        raised = at_once(partial(lift, story), partial(lapse, story.order, before))
        assert raised[0] is None, f"trial {trial}: {raised}"
        assert isinstance(raised[1], OrderOnHold | NotDueYet), f"trial {trial}: {raised}"
        after = story.milestone(1).review_deadline
        assert after is not None
        assert after > before
        story.expect_order("active", "", "delivered", "planned", "planned")
    assert violations() == []


def test_r_ord_17_placing_and_the_timer_have_one_winner(delivered: Callable[[], Story]) -> None:
    for trial in range(TRIALS):
        story = delivered()
        deadline = story.milestone(1).review_deadline
        assert deadline is not None
        raised = at_once(partial(place, story), partial(lapse, story.order, deadline))
        assert raised[0] is None, f"trial {trial}: {raised}"
        lapsed = TimelineEntry.objects.filter(order=story.order, name="lapse_review").exists()
        assert lapsed == (raised[1] is None), f"trial {trial}: {raised}"
        assert raised[1] is None or isinstance(raised[1], OrderOnHold), f"trial {trial}: {raised}"
        assert story.order.held_since is not None
        assert story.order.state == ("completed" if lapsed else "active")
    assert violations() == []
