"""Every clock at its instant: one second before nothing happens, at the instant the timer has won (R-ORD-2, 8, 10)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications.models import Notification
from orders.errors import ExtensionNotAsked, ExtensionUsed, NotYours, ReasonNeeded
from orders.models import Milestone, Order, TimelineEntry
from orders.services import deciding, extending, funding, lapsing, reminding
from payments.models import Charge
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import CANCEL, SUCCESS, Story

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


def review_deadline(story: Story) -> datetime:
    instant = story.milestone(1).review_deadline
    assert instant is not None
    return instant


def due(story: Story) -> datetime:
    instant = story.milestone(1).due_at
    assert instant is not None
    return instant


def pay_by(story: Story) -> datetime:
    instant = story.order.pay_by
    assert instant is not None
    return instant


def unpaid(story: Story) -> Story:
    return story


def at_work(story: Story) -> Story:
    story.pay()
    return story


def delivered_one(story: Story) -> Story:
    story.pay()
    story.deliver()
    return story


def failed(story: Story) -> Story:
    story.pay(scenario="works_then_declines")
    story.deliver()
    story.accept_and_continue()
    return story


Case = tuple[Callable[[Story], Story], Callable[[Story], datetime], Callable[..., int], str]
CLOCKS: dict[str, Case] = {
    "unpaid": (unpaid, lambda s: s.order.unpaid_deadline, lapsing.lapse_unpaid_orders, "abandoned"),
    "review": (delivered_one, review_deadline, lapsing.lapse_reviews, "completed"),
    "pay_by": (failed, pay_by, lapsing.lapse_payments, "completed"),
}


@pytest.mark.parametrize("clock", CLOCKS)
def test_deadlines_are_exclusive(story: Story, clock: str) -> None:
    reach, deadline, sweep, after = CLOCKS[clock]
    reach(story)
    before, instant = story.order.state, deadline(story)
    assert sweep(now=instant - SECOND) == 0
    assert story.order.state == before
    assert sweep(now=instant) == 1
    assert story.order.state == after
    assert sweep(now=instant + SECOND) == 0


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_sweep_that_comes_late_still_does_it_once(story: Story, clock: str) -> None:
    reach, deadline, sweep, after = CLOCKS[clock]
    reach(story)
    assert sweep(now=deadline(story) + timedelta(days=12)) == 1
    assert story.order.state == after
    assert story.order.timeline.filter(role="timer", name__startswith="lapse").count() == 1


def test_r_ord_10_late_is_flagged_once_and_told_to_both(story: Story) -> None:
    at_work(story)
    instant = due(story)
    assert lapsing.flag_late_milestones(now=instant - SECOND) == 0
    assert lapsing.flag_late_milestones(now=instant) == 1
    assert lapsing.flag_late_milestones(now=instant + SECOND) == 0
    assert story.milestone(1).late_at == instant
    assert Notification.objects.filter(kind="milestone_late").count() == 2
    story.expect_order("active", "", "in_progress", "planned", "planned")


def test_r_ord_10_a_late_revision_is_flagged_by_its_own_date(delivered: Story) -> None:
    revision = deciding.request_revision(order=delivered.order, actor=delivered.buyer, message="Bluer.")
    assert lapsing.flag_late_milestones(now=revision.due_at - SECOND) == 0
    assert lapsing.flag_late_milestones(now=revision.due_at) == 1


@pytest.mark.parametrize(("hours", "sent"), [(73, 0), (72, 1), (25, 1), (24, 1), (2, 1)])
def test_r_ord_8_reminders_three_days_one_day_and_two_hours_before(delivered: Story, hours: int, sent: int) -> None:
    moment = review_deadline(delivered) - timedelta(hours=hours)
    reminding.remind_reviews(now=moment)
    reminding.remind_reviews(now=moment)
    assert Notification.objects.filter(recipient=delivered.buyer, kind="review_reminder").count() == sent


def test_r_ord_8_every_reminder_comes_once_and_a_pause_sends_only_the_nearest(delivered: Story) -> None:
    end = review_deadline(delivered)
    for hours in (72, 71, 24, 23, 2, 1):
        reminding.remind_reviews(now=end - timedelta(hours=hours))
    assert Notification.objects.filter(kind="review_reminder").count() == 3
    reminding.remind_reviews(now=end)
    assert Notification.objects.filter(kind="review_reminder").count() == 3


def test_r_ord_8_a_sweep_with_nothing_new_to_say_reads_twice_and_writes_nothing(
    delivered: Story, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    moment = review_deadline(delivered) - timedelta(hours=24)
    assert reminding.remind_reviews(now=moment) == 1
    with django_assert_num_queries(2):
        assert reminding.remind_reviews(now=moment) == 0


def test_r_ord_8_who_has_just_decided_is_not_reminded(delivered: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """The decision comes between the sweep's reading and its lock."""

    def decide_first(order_ids: list[int], act: Callable[[Order], None]) -> int:
        deciding.accept_and_stop(order=delivered.order, actor=delivered.buyer)
        return lapsing.each_order(order_ids, act)

    monkeypatch.setattr(reminding, "each_order", decide_first)
    reminding.remind_reviews(now=review_deadline(delivered) - timedelta(hours=24))
    assert not Notification.objects.filter(kind="review_reminder").exists()


def test_r_ord_8_more_time_once_and_only_if_the_seller_grants_it(delivered: Story) -> None:
    end = review_deadline(delivered)
    with pytest.raises(ReasonNeeded):
        extending.ask_more_time(order=delivered.order, actor=delivered.buyer, reason=" ")
    with pytest.raises(ExtensionNotAsked):
        extending.grant_more_time(order=delivered.order, actor=delivered.seller)
    extending.ask_more_time(order=delivered.order, actor=delivered.buyer, reason="I am travelling.")
    assert review_deadline(delivered) == end  # asking moves nothing
    with pytest.raises(NotYours):
        extending.grant_more_time(order=delivered.order, actor=delivered.buyer)
    extending.grant_more_time(order=delivered.order, actor=delivered.seller)
    assert review_deadline(delivered) == end + timedelta(days=4)
    with pytest.raises(ExtensionUsed):
        extending.ask_more_time(order=delivered.order, actor=delivered.buyer, reason="Still travelling.")
    assert lapsing.lapse_reviews(now=end + timedelta(days=4) - SECOND) == 0
    assert lapsing.lapse_reviews(now=end + timedelta(days=4)) == 1


def test_r_ord_8_refused_more_time_leaves_the_deadline_and_uses_the_asking(delivered: Story) -> None:
    end = review_deadline(delivered)
    extending.ask_more_time(order=delivered.order, actor=delivered.buyer, reason="I am travelling.")
    extending.refuse_more_time(order=delivered.order, actor=delivered.seller)
    assert review_deadline(delivered) == end
    with pytest.raises(ExtensionUsed):
        extending.ask_more_time(order=delivered.order, actor=delivered.buyer, reason="Please.")


def test_r_pol_3_a_declined_charge_is_retried_after_one_three_and_five_days(story: Story) -> None:
    failed(story)
    first = story.milestone(2).retry_at
    assert first is not None
    failed_at = story.order.timeline.get(name="decline").at
    assert first - failed_at == timedelta(days=1)
    assert lapsing.retry_payments(now=first - SECOND) == 0
    assert lapsing.retry_payments(now=first) == 1
    assert story.milestone(2).state == "charging"


def test_r_pay_2_a_buyer_who_leaves_the_payment_page_is_still_reminded(story: Story) -> None:
    failed(story)
    failed_at = story.order.timeline.get(name="decline").at
    funding.prepare_payment(order=story.order, actor=story.buyer)  # and the buyer goes away
    charge = story.milestone(2).charge
    assert charge is not None
    funding.pay_url(charge=charge, success_url=SUCCESS, cancel_url=CANCEL)
    assert story.milestone(2).state == "charging"
    for days, count in ((0.99, 0), (1, 1), (3, 2), (5, 3), (9, 3)):
        reminding.remind_payments(now=failed_at + timedelta(days=days))
        assert Notification.objects.filter(recipient=story.buyer, kind="payment_reminder").count() == count, days


def test_r_pay_2_a_card_that_is_refused_for_good_is_not_retried_but_its_buyer_reminded(story: Story) -> None:
    failed(story)
    first = story.milestone(2).retry_at
    assert first is not None
    Charge.objects.filter(group=story.order.public_id).update(method_refused=True)
    assert lapsing.retry_payments(now=first) == 0
    assert reminding.remind_payments(now=first) == 1
    assert story.milestone(2).state == "payment_failed"
    assert Notification.objects.filter(recipient=story.buyer, kind="payment_reminder").count() == 1


def test_a_buyer_whose_bank_wants_them_is_reminded_on_the_retry_days(story: Story) -> None:
    story.pay(scenario="works_then_authenticates")
    story.deliver()
    story.accept_and_continue()
    asked_at = story.order.timeline.get(name="want_action").at
    for days, count in ((0.99, 0), (1, 1), (2.99, 1), (3, 2), (5, 3), (9, 3)):
        reminding.remind_payments(now=asked_at + timedelta(days=days))
        assert Notification.objects.filter(recipient=story.buyer, kind="payment_reminder").count() == count, days


def test_a_card_that_the_bank_said_never_to_try_again_is_not_retried(story: Story) -> None:
    story.pay(scenario="works_then_lost")
    story.deliver()
    story.accept_and_continue()
    story.expect_order("awaiting_next_payment", "", "accepted", "payment_failed", "planned")
    failed_at = story.order.timeline.get(name="decline").at
    for days, count in ((0.99, 0), (1, 1), (3, 2), (5, 3), (9, 3)):  # the buyer is reminded instead, by policy
        moment = failed_at + timedelta(days=days)
        assert lapsing.retry_payments(now=moment) == 0
        reminding.remind_payments(now=moment)
        assert Notification.objects.filter(recipient=story.buyer, kind="payment_reminder").count() == count, days
    assert story.milestone(2).charge.attempts.count() == 1  # type: ignore[union-attr]


def _five_due(stripe: StripeDouble, buyer: User, seller: User) -> list[Story]:
    """Delivered, the youngest first, an hour apart."""
    stories = [delivered_one(Story(stripe, buyer, seller, prices=[60_00])) for _ in range(5)]
    for hours, story in enumerate(stories):
        Milestone.objects.filter(order=story.order).update(review_deadline=NOON - timedelta(hours=hours))
    return stories


def test_a_sweep_takes_all_that_is_due_the_longest_due_first(
    stripe: StripeDouble, buyer: User, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = _five_due(stripe, buyer, seller)
    monkeypatch.setattr(lapsing, "BATCH", 2)
    assert lapsing.lapse_reviews(now=NOON) == 5
    entries = TimelineEntry.objects.filter(name="lapse_review").order_by("pk")
    assert [entry.order_id for entry in entries] == [story.order.pk for story in reversed(stories)]


def test_an_order_that_fails_does_not_hold_up_those_after_it(
    stripe: StripeDouble, buyer: User, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = _five_due(stripe, buyer, seller)
    Milestone.objects.filter(order=stories[-1].order).update(charge=None)  # the longest due, and broken
    monkeypatch.setattr(lapsing, "BATCH", 2)
    assert lapsing.lapse_reviews(now=NOON) == 4
    assert stories[-1].order.state == "active"


def test_a_sweep_ends_when_its_time_is_over_and_the_next_goes_on(
    stripe: StripeDouble, buyer: User, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _five_due(stripe, buyer, seller)
    with monkeypatch.context() as patch:
        patch.setattr(lapsing, "SECONDS", -1)
        assert lapsing.lapse_reviews(now=NOON) == 0
    assert lapsing.lapse_reviews(now=NOON) == 5
