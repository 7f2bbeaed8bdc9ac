"""Money of work that is over goes back, or the bank takes it: each balance at each step (R-SUP-2, R-PAY-6, R-PAY-7).

The first milestone costs 60.00 and 3.00 fee; a third is 21.00, of which 1.00 is fee, 2.00 commission and 18.00 the
seller's.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from notifications.models import Notification
from orders import actors
from orders.errors import NotYours
from orders.models import OrderHold
from orders.services.holding import lift_hold
from payments.documents import documents_for
from payments.enums import HoldKind
from payments.errors import ChargeDisputed, RefundBeyondPayment
from payments.models import Dispute
from payments.tasks import sweep_documents
from tests.factories.payouts import onboard
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios import test_chargebacks as chargebacks
from tests.scenarios import test_refunds as refunds
from tests.scenarios.story import Story, sweep_payments, travel
from tests.scenarios.test_chargebacks import close, dispute, standing
from tests.scenarios.test_refunds import end, give

pytestmark = pytest.mark.django_db

SECOND_LOST = {"captured": 252_00, "released": 54_00, "commission": 6_00, "fees": 3_00, "lost": 84_00}
THIRD = {"held": 100_00, "fee_held": 5_00}  # the third milestone, paid and under way
THIRD_BEGUN = {"captured": 252_00, "released": 126_00, "commission": 14_00, "fees": 7_00, **THIRD}


@pytest.fixture
def third_begun(tell: Callable[..., Story]) -> Story:
    """Two milestones are accepted and released, the third is paid and under way."""
    story = chargebacks.released(tell)
    story.deliver()
    story.accept_and_continue()
    story.expect(**THIRD_BEGUN)
    return story


# --- An order that is over --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("is_paid_out", "before", "on_its_way", "after"),
    [
        (False, {"released": 54_00}, {"released": 36_00}, {"released": 36_00}),
        (True, {"paid_out": 54_00}, {"paid_out": 54_00, "receivable": 18_00}, {"paid_out": 36_00}),
    ],
    ids=["released", "paid_out"],
)
def test_r_sup_2_money_of_a_completed_order_goes_back_and_it_stays_completed(
    tell: Callable[..., Story],
    agent: User,
    is_paid_out: bool,
    before: dict[str, int],
    on_its_way: dict[str, int],
    after: dict[str, int],
) -> None:
    story = stopped(tell, paid_out=is_paid_out)
    story.expect(captured=63_00, commission=6_00, fees=3_00, **before)
    assert notes(story) == []

    give(story, agent, 21_00, work=False)
    story.expect(captured=63_00, refunding=21_00, commission=4_00, fees=2_00, **on_its_way)
    story.work()
    story.expect(captured=63_00, refunded=21_00, commission=4_00, fees=2_00, **after)
    assert notes(story) == [21_00]
    for person in (story.buyer, story.seller):
        with pytest.raises(NotYours):
            give(story, person, 21_00)
    story.expect(captured=63_00, refunded=21_00, commission=4_00, fees=2_00, **after)
    story.expect_order("completed", "stopped", "accepted", "not_started", "not_started")

    give(story, agent, None)
    story.expect(captured=63_00, refunded=63_00)
    story.expect_order("completed", "stopped", "accepted", "not_started", "not_started")
    assert notes(story) == [21_00, 42_00]


def test_line_15_a_cancelled_orders_refund_that_the_bank_returns_is_asked_for_again(
    stripe: StripeDouble, tell: Callable[..., Story], agent: User
) -> None:
    story = chargebacks.held(tell)
    stripe.faults.add("late_failure", on="/v1/refunds", seconds=600)
    end(story, agent)
    story.expect(captured=63_00, refunding=63_00)
    travel(hours=1)
    story.work()
    story.expect(captured=63_00, held=60_00, fee_held=3_00)
    story.expect_order("cancelled", "", "cancelled", "not_started", "not_started")
    assert Notification.objects.filter(kind="refund_needs_support", recipient=agent).count() == 1
    give(story, agent, None)
    story.expect(captured=63_00, refunded=63_00)
    story.expect_order("cancelled", "", "cancelled", "not_started", "not_started")


# --- What the bank has taken ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("won", [True, False], ids=["won", "lost"])
@pytest.mark.parametrize("stage", refunds.STAGES)
def test_line_19_what_the_bank_has_taken_is_not_given_back_as_well(
    tell: Callable[..., Story], agent: User, stage: str, won: bool
) -> None:
    reach, before, lost, _ = chargebacks.STAGES[stage]
    story = reach(tell)
    found = dispute(story)
    with pytest.raises(ChargeDisputed):
        give(story, agent, 21_00)
    story.expect(**before, disputed=63_00)
    close(story, found, won=won)
    if won:
        give(story, agent, 21_00)
        story.expect(captured=147_00, refunded=21_00, **refunds.STAGES[stage][2], **refunds.SECOND)
    else:
        with pytest.raises(RefundBeyondPayment):
            give(story, agent, 21_00)
        story.expect(**lost)


def test_t24_a_chargeback_of_the_second_is_won_while_the_third_runs(third_begun: Story) -> None:
    due_at = third_begun.milestone(3).due_at
    assert due_at is not None
    found = dispute(third_begun, 2)
    third_begun.expect(**THIRD_BEGUN, disputed=84_00)
    travel(days=3)
    close(third_begun, found, won=True)
    third_begun.expect(**THIRD_BEGUN)
    third_begun.expect_order("active", "", "accepted", "accepted", "in_progress")
    hold = OrderHold.objects.get()
    assert hold.lifted_at is not None
    stood_still = hold.lifted_at - hold.placed_at
    assert stood_still >= timedelta(days=3)
    assert third_begun.milestone(3).due_at == due_at + stood_still
    assert (third_begun.order.held_since, standing(third_begun)) == (None, [])


def test_t24_a_chargeback_of_the_second_is_lost_while_the_third_runs_and_support_lets_it_go_on(
    third_begun: Story, agent: User
) -> None:
    lose_second(third_begun)
    lift_hold(
        order=third_begun.order,
        kind=HoldKind.SUPPORT,
        reference=Dispute.objects.get().public_id,
        actor=actors.agent(agent, third_begun.order),
    )
    third_begun.deliver()
    third_begun.expect(**SECOND_LOST, **THIRD)
    third_begun.accept_and_finish()
    third_begun.work()
    third_begun.expect(captured=252_00, released=144_00, commission=16_00, fees=8_00, lost=84_00)
    third_begun.expect_order("completed", "finished", "accepted", "charged_back", "accepted")


def test_t24_a_chargeback_of_the_second_is_lost_while_the_third_runs_and_support_ends_it(
    third_begun: Story, agent: User
) -> None:
    lose_second(third_begun)
    end(third_begun, agent)
    third_begun.expect(**SECOND_LOST, refunded=105_00)
    third_begun.expect_order("completed", "ended_by_support", "accepted", "charged_back", "cancelled")


# --- Telling ----------------------------------------------------------------------------------------------------------
def stopped(tell: Callable[..., Story], *, paid_out: bool) -> Story:
    """Stopped after the first milestone, whose seller has been paid if asked for."""
    story = chargebacks.held(tell)
    story.deliver()
    story.accept_and_stop()
    if paid_out:
        onboard(story.stripe, story.seller)
        travel(days=8)
        sweep_payments()
    return story


def lose_second(story: Story) -> None:
    found = dispute(story, 2)
    story.expect(**THIRD_BEGUN, disputed=84_00)
    close(story, found, won=False)
    story.expect(**SECOND_LOST, **THIRD)
    story.expect_order("active", "", "accepted", "charged_back", "in_progress")
    assert standing(story) == ["support"]


def notes(story: Story) -> list[int]:
    """The sums of the buyer's credit notes, once their sweep has run."""
    sweep_documents()
    papers = documents_for(story.buyer, story.order.public_id)
    return [paper.total for paper in papers if paper.kind == "credit_note"]
