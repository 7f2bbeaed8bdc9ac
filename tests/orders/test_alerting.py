"""Money that is held for the policy's longest time is a person's to decide, and moves no cent by itself (R-ORD-18)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from notifications.models import Notification
from notifications.rendering import render_words
from orders import tasks
from orders.actors import Actor
from orders.enums import CancelReason, Role
from orders.services.alerting import report_long_held
from orders.services.ending import cancel
from orders.services.holding import place_hold
from payments.enums import HoldKind
from tests.factories.accounts import make_agent
from tests.factories.milestones import put_in_force
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, beat, travel

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
HELD = {"captured": 63_00, "held": 60_00, "fee_held": 3_00}


@pytest.fixture
def paid(story: Story, agent: User) -> Story:
    """The first of three is paid, 60.00 and 3.00 fee, and being made."""
    story.pay()
    return story


def paid_at(story: Story, position: int = 1) -> datetime:
    charge = story.milestone(position).charge
    assert charge is not None
    assert charge.succeeded_at is not None
    return charge.succeeded_at


def told(agent: User) -> list[str]:
    notices = Notification.objects.filter(recipient=agent, kind="money_held_long").order_by("pk")
    return [str(notice.data["milestone"]) for notice in notices]


@pytest.mark.parametrize(("off", "count"), [(-TICK, 0), (timedelta(), 1), (TICK, 1)])
def test_r_ord_18_at_the_policys_longest_time_since_the_payment(
    paid: Story, agent: User, off: timedelta, count: int
) -> None:
    assert report_long_held(now=paid_at(paid) + timedelta(days=75) + off) == count
    assert len(told(agent)) == count


def test_r_ord_18_every_agent_is_told_once_and_no_cent_moves(paid: Story, agent: User, stranger: User) -> None:
    other = make_agent("Otto Agent", email="otto@example.com")
    beat()
    travel(days=75)
    beat()
    asked, noted = len(paid.stripe.adapter.exchanges), paid.order.timeline.count()
    tasks.report_long_held()
    tasks.report_long_held()
    travel(days=40)
    tasks.report_long_held()
    told_to = Notification.objects.filter(kind="money_held_long").order_by("recipient__email")
    assert [notice.recipient for notice in told_to] == [agent, other]
    assert (len(paid.stripe.adapter.exchanges), paid.order.timeline.count()) == (asked, noted)
    paid.expect_order("active", "", "in_progress", "planned", "planned")
    paid.expect(**HELD)
    paid.work()
    paid.expect(**HELD)
    assert paid.stripe.objects("refund") == []
    assert paid.charged_at_stripe == 63_00


def test_r_ord_18_the_notice_says_how_much_of_what_since_when_and_leads_to_the_order(paid: Story, agent: User) -> None:
    report_long_held(now=paid_at(paid) + timedelta(days=75))
    notice = Notification.objects.get(kind="money_held_long")
    words = render_words(notice, reader=agent)
    assert words.title == f"{paid.order.number}: money is held for 75 days"
    assert words.body.startswith("The $63.00 of ‘A film in steps’ that were paid ")
    assert "for ‘Step 1’ are still held. Nothing is given back or released by itself." in words.body
    assert notice.data["paid_at"] == paid_at(paid).isoformat()
    assert notice.url == f"/support/orders/order/{paid.order.pk}/change/"


def test_r_ord_18_a_hold_does_not_stop_it(paid: Story, agent: User) -> None:
    place_hold(order=paid.order, kind=HoldKind.SUPPORT, reason="We look.", actor=Actor(Role.SUPPORT, agent))
    report_long_held(now=paid_at(paid) + timedelta(days=75) - TICK)
    assert told(agent) == []
    report_long_held(now=paid_at(paid) + timedelta(days=75))
    assert told(agent) == ["Step 1"]


def test_r_ord_18_a_delivery_that_waits_and_a_part_that_went_back_are_held_still(paid: Story, agent: User) -> None:
    paid.deliver()
    paid.stripe.refund_in_dashboard(paid.stripe.objects("payment_intent")[0]["id"], 21_00)
    paid.work()
    report_long_held(now=paid_at(paid) + timedelta(days=75))
    assert Notification.objects.get(kind="money_held_long").data["amount"] == {"amount": 42_00, "currency": "USD"}


def test_r_ord_18_of_an_order_that_is_over_what_the_bank_returned_is_held_still(paid: Story, agent: User) -> None:
    paid.stripe.faults.add("late_failure", on="/v1/refunds", seconds=600)
    cancel(order=paid.order, actor=agent, reason=CancelReason.BOTH_AGREE, note="They agreed.")
    report_long_held(now=paid_at(paid) + timedelta(days=75))
    assert told(agent) == []
    paid.work()
    travel(hours=1)
    paid.work()
    paid.expect_order("cancelled", "", "cancelled", "not_started", "not_started")
    paid.expect(**HELD)
    report_long_held(now=paid_at(paid) + timedelta(days=75) - TICK)
    assert told(agent) == []
    for _ in range(2):
        report_long_held(now=paid_at(paid) + timedelta(days=75))
        assert told(agent) == ["Step 1"]


def test_r_ord_18_each_milestone_counts_from_its_own_payment(paid: Story, agent: User) -> None:
    travel(days=20)
    paid.deliver()
    paid.accept_and_continue()
    report_long_held(now=paid_at(paid) + timedelta(days=75))
    assert told(agent) == []
    report_long_held(now=paid_at(paid, 2) + timedelta(days=75) - TICK)
    assert told(agent) == []
    report_long_held(now=paid_at(paid, 2) + timedelta(days=75))
    assert told(agent) == ["Step 2"]


def test_r_ord_18_accepted_work_is_held_where_the_seller_is_paid_at_the_end(
    stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    put_in_force("classic")
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
    story.pay()
    story.deliver()
    story.accept_and_continue()
    report_long_held(now=paid_at(story) + timedelta(days=75) - TICK)
    assert told(agent) == []
    report_long_held(now=paid_at(story) + timedelta(days=75))
    assert told(agent) == ["Step 1"]
    story.deliver()
    story.accept_and_stop()
    report_long_held(now=paid_at(story) + timedelta(days=200))
    assert told(agent) == ["Step 1"]


def test_r_ord_18_an_order_keeps_the_limit_that_it_began_with(
    stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    put_in_force("standard", max_hold_days=40)
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00])
    story.pay()
    put_in_force("standard", max_hold_days=60)
    report_long_held(now=paid_at(story) + timedelta(days=40) - TICK)
    assert told(agent) == []
    report_long_held(now=paid_at(story) + timedelta(days=40))
    assert told(agent) == ["Step 1"]


def accepted(story: Story, agent: User) -> None:
    story.deliver()
    story.accept_and_stop()


def cancelled(story: Story, agent: User) -> None:
    cancel(order=story.order, actor=agent, reason=CancelReason.BOTH_AGREE, note="Both wrote.")
    story.work()


def charged_back(story: Story, agent: User) -> None:
    found = story.stripe.dispute(story.stripe.objects("payment_intent")[0]["id"])
    story.work()
    story.stripe.close_dispute(found["id"], won=False)
    story.work()


def went_back_whole(story: Story, agent: User) -> None:
    story.stripe.refund_in_dashboard(story.stripe.objects("payment_intent")[0]["id"], 63_00)
    story.work()


@pytest.mark.parametrize("come", [accepted, cancelled, charged_back, went_back_whole])
def test_r_ord_18_money_that_is_not_held_any_more_is_no_news(
    paid: Story, agent: User, come: Callable[[Story, User], None]
) -> None:
    come(paid, agent)
    report_long_held(now=paid_at(paid) + timedelta(days=100))
    assert told(agent) == []


def test_r_ord_18_an_order_that_nobody_paid_holds_nothing(story: Story, agent: User) -> None:
    assert report_long_held(now=story.order.created_at + timedelta(days=100)) == 0
