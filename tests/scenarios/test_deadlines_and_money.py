"""What deadlines and decisions do to the money, with every balance before and after (R-ORD-2, 6, 7, 8, 10; R-POL-3).

Milestones of 60.00, 80.00 and 100.00, five days each; 5 % buyer fee with each charge, 10 % commission.
"""

from collections.abc import Callable

import pytest

from accounts.models import User
from gigs.drafts import PackageDraft
from gigs.models import Gig
from gigs.services.editing import save_pricing
from inbox.services import open_conversation, send_message
from marketplace.kernel import clock
from milestones.enums import PackageTier
from orders.enums import CancelReason
from orders.errors import PaymentUnderWay, SellerLeft, TooLateToDecide
from orders.services import deciding, extending, requirements
from orders.services.ending import cancel
from tests.factories.milestones import make_design
from tests.factories.orders import make_order, place_gig_order
from tests.factories.ready import ready_gig
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, beat, travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moving_clock")]

PRICES = (60_00, 80_00, 100_00)
FIRST_PAID = {"captured": 63_00, "held": 60_00, "fee_held": 3_00}
FIRST_DONE = {"captured": 63_00, "released": 54_00, "commission": 6_00, "fees": 3_00}
SECOND_PAID = FIRST_DONE | {"captured": 147_00, "held": 80_00, "fee_held": 4_00}
SECOND_BACK = FIRST_DONE | {"captured": 147_00}


@pytest.fixture
def story(stripe: StripeDouble, buyer: User, seller: User) -> Story:
    return Story(stripe, buyer, seller, prices=PRICES)


@pytest.fixture
def delivered(story: Story) -> Story:
    story.pay()
    story.expect(**FIRST_PAID)
    story.deliver()
    story.expect(**FIRST_PAID)
    return story


def end(story: Story, agent: User, reason: CancelReason) -> None:
    cancel(order=story.order, actor=agent, reason=reason, note="Both were heard.")


def intents(story: Story) -> list[str]:
    return [intent["status"] for intent in story.stripe.objects("payment_intent")]


# --- The charge is at the bank ----------------------------------------------------------------------------------------
def at_the_bank(delivered: Story, ends: str) -> None:
    """Accepted; the bank takes ten minutes over the second charge, and nobody can stop meanwhile."""
    delivered.stripe.faults.add(ends, on="/confirm", seconds=600)
    delivered.accept_and_continue()
    for _ in range(2):
        delivered.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
        delivered.expect(**FIRST_DONE)
        assert intents(delivered) == ["succeeded", "processing"]
        with pytest.raises(PaymentUnderWay):
            deciding.stop(order=delivered.order, actor=delivered.buyer)
        beat()


def test_r_ord_7_no_stop_while_the_charge_is_processing_then_it_succeeds(delivered: Story, agent: User) -> None:
    at_the_bank(delivered, "late_success")
    travel(seconds=660)
    delivered.work()
    delivered.expect_order("active", "", "accepted", "in_progress", "planned")
    delivered.expect(**SECOND_PAID)
    end(delivered, agent, CancelReason.BOTH_AGREE)
    delivered.expect_order("completed", "ended_by_support", "accepted", "cancelled", "not_started")
    delivered.expect(**SECOND_BACK, refunding=84_00)
    delivered.work()
    delivered.expect(**SECOND_BACK, refunded=84_00)
    assert delivered.charged_at_stripe == 147_00


def test_r_ord_7_no_stop_while_the_charge_is_processing_then_it_fails(delivered: Story) -> None:
    at_the_bank(delivered, "late_failure")
    travel(seconds=660)
    delivered.work()
    delivered.expect_order("awaiting_next_payment", "", "accepted", "payment_failed", "planned")
    delivered.expect(**FIRST_DONE)
    delivered.stop()
    delivered.expect_order("completed", "stopped", "accepted", "not_started", "not_started")
    delivered.expect(**FIRST_DONE)
    assert delivered.charged_at_stripe == 63_00
    assert intents(delivered) == ["succeeded", "canceled"]


# --- The seller is late -----------------------------------------------------------------------------------------------
def test_r_ord_10_late_and_never_delivered_ends_only_by_support(delivered: Story, agent: User) -> None:
    delivered.accept_and_continue()
    delivered.expect(**SECOND_PAID)
    travel(days=5, seconds=1)
    beat()
    flagged = delivered.milestone(2).late_at
    assert flagged is not None
    delivered.expect(**SECOND_PAID)
    travel(days=30)
    beat()
    delivered.expect_order("active", "", "accepted", "in_progress", "planned")  # nothing cancels itself
    delivered.expect(**SECOND_PAID)
    assert delivered.milestone(2).late_at == flagged
    end(delivered, agent, CancelReason.NOT_DELIVERED)
    delivered.expect(**SECOND_BACK, refunding=84_00)
    delivered.work()
    delivered.expect_order("completed", "ended_by_support", "accepted", "cancelled", "not_started")
    delivered.expect(**SECOND_BACK, refunded=84_00)


def test_r_ord_10_a_late_delivery_has_its_whole_review_and_stays_on_record(story: Story) -> None:
    story.pay()
    travel(days=7)
    beat()
    flagged = story.milestone(1).late_at
    assert flagged is not None
    story.expect(**FIRST_PAID)
    story.deliver()
    travel(days=8, seconds=-5)
    beat()
    story.expect_order("active", "", "delivered", "planned", "planned")
    story.expect(**FIRST_PAID)
    travel(seconds=6)
    beat()
    story.expect_order("completed", "review_lapsed", "accepted", "not_started", "not_started")
    story.expect(**FIRST_DONE)
    assert story.milestone(1).late_at == flagged


# --- The buyer says nothing -------------------------------------------------------------------------------------------
def unanswered(stripe: StripeDouble, buyer: User, seller: User) -> Story:
    """Paid, with a question that thirty days leave open."""
    story = Story.of(make_order(buyer=buyer, seller=seller, parts=PRICES, questions=1), stripe)
    story.pay()
    story.expect_order("awaiting_requirements", "", "in_progress", "planned", "planned")
    story.expect(**FIRST_PAID)
    travel(days=30)
    beat()
    story.expect_order("awaiting_requirements", "", "in_progress", "planned", "planned")
    story.expect(**FIRST_PAID)
    assert story.milestone(1).due_at is None
    return story


def test_r_ord_2_requirements_never_given_and_waived_by_the_seller(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    story = unanswered(stripe, buyer, seller)
    requirements.waive_requirements(order=story.order, actor=seller)
    story.expect_order("active", "", "in_progress", "planned", "planned")
    story.expect(**FIRST_PAID)
    story.deliver()
    story.accept_and_stop()
    story.expect(**FIRST_DONE)


def test_r_ord_2_requirements_never_given_and_ended_by_support(
    stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    story = unanswered(stripe, buyer, seller)
    end(story, agent, CancelReason.BUYER_UNREACHABLE)
    story.expect_order("cancelled", "", "cancelled", "not_started", "not_started")
    story.expect(captured=63_00, refunding=63_00)
    story.work()
    story.expect(captured=63_00, refunded=63_00)


def ask_for_time(story: Story) -> None:
    extending.ask_more_time(order=story.order, actor=story.buyer, reason="I am travelling.")


def ask_and_be_refused(story: Story) -> None:
    ask_for_time(story)
    extending.refuse_more_time(order=story.order, actor=story.seller)


def only_say_so(story: Story) -> None:
    conversation = open_conversation(starter=story.buyer, other=story.seller, now=clock.now())
    send_message(conversation=conversation, author=story.buyer, body="May I have four days more?", now=clock.now())


def lapses_after_five_seconds(delivered: Story) -> None:
    beat()
    delivered.expect_order("active", "", "delivered", "planned", "planned")
    delivered.expect(**FIRST_PAID)
    travel(seconds=6)
    beat()
    delivered.expect_order("completed", "review_lapsed", "accepted", "not_started", "not_started")
    delivered.expect(**FIRST_DONE)
    assert delivered.charged_at_stripe == 63_00


def test_r_ord_8_more_time_granted_puts_the_lapse_off_by_four_days(delivered: Story) -> None:
    ask_for_time(delivered)
    extending.grant_more_time(order=delivered.order, actor=delivered.seller)
    travel(days=8, seconds=1)
    beat()
    delivered.expect_order("active", "", "delivered", "planned", "planned")
    delivered.expect(**FIRST_PAID)
    travel(days=4, seconds=-6)
    lapses_after_five_seconds(delivered)


@pytest.mark.parametrize("ask", [ask_for_time, ask_and_be_refused, only_say_so])
def test_r_ord_8_asking_or_chatting_alone_puts_nothing_off(delivered: Story, ask: Callable[[Story], None]) -> None:
    ask(delivered)
    travel(days=8, seconds=-5)
    lapses_after_five_seconds(delivered)


# --- A decision and its timer -----------------------------------------------------------------------------------------
def test_r_ord_6_a_revision_asked_for_in_time_stops_the_timer(delivered: Story) -> None:
    travel(days=8, seconds=-5)
    deciding.request_revision(order=delivered.order, actor=delivered.buyer, message="Bluer, please.")
    delivered.expect(**FIRST_PAID)
    travel(seconds=6)
    beat()
    delivered.expect_order("active", "", "in_revision", "planned", "planned")
    delivered.expect(**FIRST_PAID)


def test_r_ord_6_a_revision_asked_for_at_the_deadline_comes_too_late(delivered: Story) -> None:
    deadline = delivered.milestone(1).review_deadline
    with pytest.raises(TooLateToDecide):
        deciding.request_revision(order=delivered.order, actor=delivered.buyer, message="Bluer, please.", now=deadline)
    delivered.expect_order("active", "", "delivered", "planned", "planned")
    delivered.expect(**FIRST_PAID)
    travel(days=8)
    beat()
    delivered.expect_order("completed", "review_lapsed", "accepted", "not_started", "not_started")
    delivered.expect(**FIRST_DONE)
    assert delivered.milestone(1).revisions_used == 0


# --- The seller's account is closed -----------------------------------------------------------------------------------
def close_account(story: Story, side: str = "seller") -> None:
    User.objects.filter(pk=getattr(story, side).pk).update(is_active=False)


def test_r_pay_3_seller_gone_after_delivering_the_next_is_refused_and_the_delivered_one_paid(delivered: Story) -> None:
    close_account(delivered)
    with pytest.raises(SellerLeft):
        delivered.accept_and_continue()
    delivered.expect(**FIRST_PAID)
    travel(days=7)
    beat()
    delivered.expect_order("active", "", "delivered", "planned", "planned")
    delivered.expect(**FIRST_PAID)
    delivered.accept_and_stop()
    delivered.work()
    delivered.expect_order("completed", "stopped", "accepted", "not_started", "not_started")
    delivered.expect(**FIRST_DONE)
    assert delivered.charged_at_stripe == 63_00


def test_r_pay_3_seller_gone_while_at_work_support_gives_all_back(story: Story, agent: User) -> None:
    story.pay()
    close_account(story)
    travel(days=7)
    beat()
    story.expect(**FIRST_PAID)
    end(story, agent, CancelReason.SELLER_UNABLE)
    story.work()
    story.expect_order("cancelled", "", "cancelled", "not_started", "not_started")
    story.expect(captured=63_00, refunded=63_00)


@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_r_pay_3_after_a_failed_charge_a_closed_account_is_not_charged_again(story: Story, side: str) -> None:
    story.pay(scenario="works_then_declines")
    story.deliver()
    story.accept_and_continue()
    story.expect(**FIRST_DONE)
    close_account(story, side)
    let_the_card_work(story)
    for days in (1, 2, 2, 6):  # the policy's three for another try, and past the last day of grace
        travel(days=days, seconds=1)
        beat()
        story.expect(**FIRST_DONE)
    story.expect_order("completed", "payment_lapsed", "accepted", "not_started", "not_started")
    assert (attempts(story), story.charged_at_stripe) == (1, 63_00)


# --- The clock tries a card again -------------------------------------------------------------------------------------
def let_the_card_work(story: Story) -> None:
    """There is money on it again."""
    method, store = story.order.method, story.stripe.simulator.store
    assert method is not None
    store.put("scenario", method.stripe_id, "works")
    store.commit()


def attempts(story: Story) -> int:
    charge = story.milestone(2).charge
    assert charge is not None
    return charge.attempts.count()


def test_r_pol_3_a_retry_of_the_clock_that_succeeds_charges_once(story: Story) -> None:
    story.pay(scenario="works_then_declines")
    story.deliver()
    story.accept_and_continue()
    story.expect_order("awaiting_next_payment", "", "accepted", "payment_failed", "planned")
    story.expect(**FIRST_DONE)
    let_the_card_work(story)
    travel(days=1, seconds=-30)
    beat()
    story.expect(**FIRST_DONE)
    for days, seconds in ((0, 60), (2, 0), (2, 0)):  # the first of the policy's days, and the two after it
        travel(days=days, seconds=seconds)
        beat()
        story.work()
        story.expect_order("active", "", "accepted", "in_progress", "planned")
        story.expect(**SECOND_PAID)
        assert (attempts(story), story.charged_at_stripe) == (2, 147_00)
        assert intents(story) == ["succeeded", "canceled", "succeeded"]


# --- What was bought --------------------------------------------------------------------------------------------------
def test_r_gig_7_a_gig_made_dearer_charges_what_was_ordered(stripe: StripeDouble, buyer: User, seller: User) -> None:
    gig = ready_gig(seller, prices={PackageTier.BASIC: 260_00}, design=make_design(100_00, 160_00))
    story = Story.of(place_gig_order(gig, buyer), stripe)
    story.pay()
    story.expect(captured=105_00, held=100_00, fee_held=5_00)
    dearer = PackageDraft(
        tier=PackageTier.BASIC, name="Dearer", description="More.", price=400_00, delivery_days=30, revisions=5
    )
    save_pricing(gig=Gig.objects.get(pk=gig.pk), seller=seller, packages=[dearer], now=clock.now())
    story.expect(captured=105_00, held=100_00, fee_held=5_00)
    story.deliver()
    story.accept_and_continue()
    story.expect(captured=273_00, released=90_00, commission=10_00, fees=5_00, held=160_00, fee_held=8_00)
    story.deliver()
    story.accept_and_finish()
    story.expect(captured=273_00, released=234_00, commission=26_00, fees=13_00)
    assert story.charged_at_stripe == 273_00
