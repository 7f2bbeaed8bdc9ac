"""The buyer's decisions at their edges (R-ORD-6, R-ORD-7, R-ORD-9)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from orders.errors import (
    CriterionUnknown,
    IllegalTransition,
    LastMilestone,
    NoRevisionsLeft,
    NotLastMilestone,
    NotYours,
    PaymentUnderWay,
    RevisionNeedsWords,
    TermsChanged,
    TooLateToDecide,
)
from orders.models import Revision
from orders.services import deciding
from payments.models import Charge
from tests.factories.milestones import put_in_force
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, travel

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
FIRST_PAID = {"captured": 63_00, "held": 60_00, "fee_held": 3_00}
FIRST_DONE = {"captured": 63_00, "released": 54_00, "commission": 6_00, "fees": 3_00}
SECOND_PAID = FIRST_DONE | {"captured": 147_00, "held": 80_00, "fee_held": 4_00}


def deadline(story: Story) -> datetime:
    instant = story.milestone(1).review_deadline
    assert instant is not None
    return instant


def acts(story: Story, now: datetime) -> dict[str, Callable[[], object]]:
    order, buyer = story.order, story.buyer
    return {
        "accept": lambda: deciding.accept_and_continue(order=order, actor=buyer, shown_to_pay=84_00, now=now),
        "stop": lambda: deciding.accept_and_stop(order=order, actor=buyer, now=now),
        "revise": lambda: deciding.request_revision(order=order, actor=buyer, message="Bluer.", now=now),
    }


def test_r_ord_5_standard_review_time_is_eight_days_of_24_hours(delivered: Story) -> None:
    milestone = delivered.milestone(1)
    assert milestone.delivered_at is not None
    assert deadline(delivered) - milestone.delivered_at == timedelta(hours=192)


@pytest.mark.parametrize("act", ["accept", "stop", "revise"])
def test_r_ord_6_one_second_before_the_deadline_the_buyer_decides(delivered: Story, act: str) -> None:
    acts(delivered, deadline(delivered) - SECOND)[act]()
    assert delivered.milestone(1).state in ("accepted", "in_revision")


@pytest.mark.parametrize("act", ["accept", "stop", "revise"])
@pytest.mark.parametrize("late_by", [timedelta(0), SECOND])
def test_r_ord_6_at_the_deadline_and_after_it_the_timer_has_won(delivered: Story, act: str, late_by: timedelta) -> None:
    with pytest.raises(TooLateToDecide, match="counts as accepted"):
        acts(delivered, deadline(delivered) + late_by)[act]()
    delivered.expect_order("active", "", "delivered", "planned", "planned")


@pytest.mark.parametrize("act", ["accept", "stop", "revise"])
def test_only_the_buyer_decides(delivered: Story, act: str) -> None:
    delivered.buyer = delivered.seller
    with pytest.raises(NotYours):
        acts(delivered, deadline(delivered) - SECOND)[act]()


def test_r_ord_6_what_is_charged_is_what_the_button_said(delivered: Story) -> None:
    with pytest.raises(TermsChanged):
        deciding.accept_and_continue(order=delivered.order, actor=delivered.buyer, shown_to_pay=83_99)
    assert Charge.objects.count() == 1
    deciding.accept_and_continue(order=delivered.order, actor=delivered.buyer, shown_to_pay=84_00)
    assert list(Charge.objects.order_by("pk").values_list("amount", "fee")) == [(60_00, 3_00), (80_00, 4_00)]


def test_r_ord_6_finishing_needs_the_last_and_going_on_needs_a_next(
    stripe: StripeDouble, buyer: User, seller: User, delivered: Story
) -> None:
    with pytest.raises(NotLastMilestone):
        deciding.accept_and_finish(order=delivered.order, actor=buyer)
    single = Story(stripe, buyer, seller, prices=[500_00])
    single.pay()
    single.deliver()
    with pytest.raises(LastMilestone):
        deciding.accept_and_continue(order=single.order, actor=buyer, shown_to_pay=0)
    with pytest.raises(LastMilestone):
        deciding.accept_and_stop(order=single.order, actor=buyer)
    single.accept_and_finish()
    single.expect_order("completed", "finished", "accepted")
    single.expect(captured=525_00, released=450_00, commission=50_00, fees=25_00)


def test_r_ord_9_standard_counts_revisions_for_each_milestone(delivered: Story) -> None:
    for _ in range(2):
        deciding.request_revision(order=delivered.order, actor=delivered.buyer, message="Again, please.")
        delivered.deliver()
    delivered.expect(**FIRST_PAID)
    with pytest.raises(NoRevisionsLeft, match="All 2 revisions of this milestone are used"):
        deciding.request_revision(order=delivered.order, actor=delivered.buyer, message="Once more.")
    delivered.expect(**FIRST_PAID)
    delivered.accept_and_continue(settle=False)
    delivered.expect(**FIRST_DONE)
    delivered.work()
    delivered.expect(**SECOND_PAID)
    delivered.deliver()
    deciding.request_revision(order=delivered.order, actor=delivered.buyer, message="A new milestone, new ones.")
    assert Revision.objects.count() == 3


def test_r_ord_9_classic_counts_revisions_for_the_order(stripe: StripeDouble, buyer: User, seller: User) -> None:
    put_in_force("classic")
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
    story.pay()
    story.deliver()
    deciding.request_revision(order=story.order, actor=buyer, message="One.")
    story.deliver()
    story.accept_and_continue()
    story.deliver()
    deciding.request_revision(order=story.order, actor=buyer, message="Two, on the next milestone.")
    story.deliver()
    with pytest.raises(NoRevisionsLeft, match="All 2 revisions of this order are used"):
        deciding.request_revision(order=story.order, actor=buyer, message="Three.")


def test_r_ord_6_a_revision_has_a_due_date_of_its_own_and_stops_the_review(delivered: Story) -> None:
    now = deadline(delivered) - SECOND
    revision = deciding.request_revision(
        order=delivered.order, actor=delivered.buyer, message="", criterion="It works", now=now
    )
    milestone = delivered.milestone(1)
    assert revision.due_at == milestone.due_at == now + timedelta(days=3)  # half of five days, rounded up, from now
    assert milestone.review_deadline is None
    delivered.deliver()
    assert deadline(delivered) - delivered.milestone(1).delivered_at == timedelta(days=8)  # type: ignore[operator]


@pytest.mark.parametrize(("days", "due"), [(0, 5), (2, 5), (3, 6)])
def test_r_ord_6_a_revision_is_never_due_before_the_milestone_was(story: Story, days: int, due: int) -> None:
    """Five days were agreed: delivered at once, three more would end before them."""
    story.pay()
    began = story.milestone(1).started_at
    assert began is not None
    travel(days=days)
    story.deliver()
    revision = deciding.request_revision(
        order=story.order, actor=story.buyer, message="Slower.", now=began + timedelta(days=days)
    )
    assert revision.due_at == story.milestone(1).due_at == began + timedelta(days=due)


def test_r_ord_6_a_revision_names_what_is_missing(delivered: Story) -> None:
    with pytest.raises(RevisionNeedsWords):
        deciding.request_revision(order=delivered.order, actor=delivered.buyer, message="  ")
    assert delivered.milestone(1).revisions_used == 0


def test_r_ord_6_a_criterion_is_one_of_the_milestones_own(delivered: Story) -> None:
    with pytest.raises(CriterionUnknown, match="no such criterion"):
        deciding.request_revision(order=delivered.order, actor=delivered.buyer, message="", criterion="It flies")
    assert delivered.milestone(1).state == "delivered"
    deciding.request_revision(order=delivered.order, actor=delivered.buyer, message="", criterion="It works")
    assert delivered.milestone(1).revisions.get().criterion == "It works"


def test_r_ord_7_no_stop_while_the_bank_has_the_charge(delivered: Story) -> None:
    delivered.accept_and_continue(settle=False)
    Charge.objects.filter(reference=delivered.milestone(2).reference).update(state="submitting")
    with pytest.raises(PaymentUnderWay):
        deciding.stop(order=delivered.order, actor=delivered.buyer)
    delivered.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
    delivered.expect(**FIRST_DONE)


def test_r_ord_7_stop_before_the_worker_took_the_charge_takes_no_money(delivered: Story) -> None:
    delivered.accept_and_continue(settle=False)
    delivered.stop()
    delivered.expect_order("completed", "stopped", "accepted", "not_started", "not_started")
    delivered.expect(**FIRST_DONE)
    assert delivered.charged_at_stripe == 63_00


def test_r_ord_7_no_stop_while_a_paid_milestone_is_being_worked_on(story: Story) -> None:
    def refused_stop(standing: str, books: dict[str, int]) -> None:
        story.expect(**books)
        with pytest.raises(IllegalTransition, match=standing):
            deciding.stop(order=story.order, actor=story.buyer)
        story.expect(**books)

    story.pay()
    refused_stop("‘Step 1’ is in progress", FIRST_PAID)
    story.deliver()
    deciding.request_revision(order=story.order, actor=story.buyer, message="Bluer.")
    refused_stop("‘Step 1’ is in revision", FIRST_PAID)
    story.deliver()
    story.accept_and_continue()
    refused_stop("‘Step 2’ is in progress", SECOND_PAID)


def test_r_ord_6_acceptance_stays_when_the_next_charge_fails(story: Story) -> None:
    story.pay(scenario="works_then_declines")
    story.deliver()
    story.accept_and_continue()
    assert [story.milestone(position).state for position in (1, 2)] == ["accepted", "payment_failed"]
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
