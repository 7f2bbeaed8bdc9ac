"""The stories of the product, told to the cent: each step asserts every balance (R-ORD-1…8, R-PAY-2…4, R-POL-3).

Under the standard policy: 10 % commission, 5 % buyer fee with each charge, accepted milestones are released one by one.
"""

import pytest

from accounts.models import User
from marketplace.kernel import clock
from notifications.models import Notification
from notifications.rendering import render_words
from orders.receivers import follow_charge
from orders.services import deciding, funding
from orders.services.ending import cancel
from orders.services.lapsing import lapse_unpaid_orders
from payments.models import Charge
from payments.signals import ChargeResult
from tests.factories.milestones import put_in_force
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, beat, travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moving_clock")]


@pytest.fixture
def story(stripe: StripeDouble, buyer: User, seller: User) -> Story:
    return Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])


def kinds_told(user: User) -> set[str]:
    return set(Notification.objects.filter(recipient=user).values_list("kind", flat=True))


def notices(user: User, kind: str) -> list[Notification]:
    return list(Notification.objects.filter(recipient=user, kind=kind))


def told(user: User, kind: str) -> str:
    """Title and body of the one notice of `kind`."""
    (notice,) = notices(user, kind)
    words = render_words(notice, reader=user)
    return f"{words.title}\n{words.body}"


def result_of(charge: Charge) -> ChargeResult:
    return ChargeResult(
        charge_id=charge.pk, public_id=charge.public_id, reference=charge.reference, group=charge.group,
        outcome="succeeded", message="", code="", method_label="",
    )  # fmt: skip


def test_finish_three_of_three(story: Story) -> None:
    story.expect_order("pending_payment", "", "charging", "planned", "planned")
    story.expect()

    story.pay()
    story.expect_order("active", "", "in_progress", "planned", "planned")
    story.expect(captured=63_00, held=60_00, fee_held=3_00)

    story.deliver()
    story.expect_order("active", "", "delivered", "planned", "planned")
    story.expect(captured=63_00, held=60_00, fee_held=3_00)

    story.accept_and_continue(settle=False)
    story.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)

    story.work()
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, held=80_00, fee_held=4_00)

    story.deliver()
    story.accept_and_continue()
    story.expect(captured=252_00, released=126_00, commission=14_00, fees=7_00, held=100_00, fee_held=5_00)

    story.deliver()
    story.accept_and_finish()
    story.expect_order("completed", "finished", "accepted", "accepted", "accepted")
    story.expect(captured=252_00, released=216_00, commission=24_00, fees=12_00)
    assert story.charged_at_stripe == 252_00
    assert {"order_received", "milestone_accepted", "milestone_begun", "order_finished"} <= kinds_told(story.seller)


def test_stop_after_five_of_six_completes_with_five_paid(stripe: StripeDouble, buyer: User, seller: User) -> None:
    story = Story(stripe, buyer, seller, prices=[50_00] * 6)
    story.pay()
    for done in range(1, 5):
        story.deliver()
        story.accept_and_continue()
        story.expect(
            captured=(done + 1) * 52_50, released=done * 45_00, commission=done * 5_00, fees=done * 2_50,
            held=50_00, fee_held=2_50,
        )  # fmt: skip
    story.deliver()
    story.accept_and_stop()
    story.expect_order("completed", "stopped", *["accepted"] * 5, "not_started")
    story.expect(captured=262_50, released=225_00, commission=25_00, fees=12_50)
    story.work()
    assert story.charged_at_stripe == 262_50
    assert "order_stopped" in kinds_told(seller)


def test_stop_after_two_of_three_under_classic(stripe: StripeDouble, buyer: User, seller: User) -> None:
    put_in_force("classic")
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
    story.pay()
    story.deliver()
    story.accept_and_continue()
    # classic pays the seller when the whole order is completed: accepted money only accrues
    story.expect(captured=147_00, accrued=54_00, commission_accrued=6_00, fee_accrued=3_00, held=80_00, fee_held=4_00)
    story.deliver()
    story.accept_and_stop()
    story.expect_order("completed", "stopped", "accepted", "accepted", "not_started")
    story.expect(captured=147_00, released=126_00, commission=14_00, fees=7_00)


@pytest.mark.parametrize(("policy", "days"), [("standard", 8), ("classic", 5)])
def test_r_ord_8_review_lapse_accepts_stops_and_charges_nothing(
    stripe: StripeDouble, buyer: User, seller: User, policy: str, days: int
) -> None:
    put_in_force(policy)
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
    story.pay()
    story.deliver()
    story.expect(captured=63_00, held=60_00, fee_held=3_00)
    travel(days=days, seconds=-5)
    beat()
    story.expect_order("active", "", "delivered", "planned", "planned")
    story.expect(captured=63_00, held=60_00, fee_held=3_00)
    travel(seconds=6)
    beat()
    story.expect_order("completed", "review_lapsed", "accepted", "not_started", "not_started")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    beat()
    assert story.charged_at_stripe == 63_00
    assert story.milestone(2).charge is None  # nor is a payment page waiting
    assert "review_lapsed" in kinds_told(buyer)
    assert "review_lapsed" in kinds_told(seller)


def test_declined_second_milestone_is_rescued_with_another_card(story: Story) -> None:
    story.pay(scenario="works_then_declines")
    story.deliver()
    story.accept_and_continue()
    story.expect_order("awaiting_next_payment", "", "accepted", "payment_failed", "planned")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    assert "payment_failed" in kinds_told(story.buyer)
    assert "do_not_begin" in kinds_told(story.seller)

    story.pay()
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, held=80_00, fee_held=4_00)
    assert story.charged_at_stripe == 147_00


def test_bank_wants_authentication_for_the_second_milestone(story: Story) -> None:
    story.pay(scenario="works_then_authenticates")
    story.deliver()
    story.accept_and_continue()
    story.expect_order("awaiting_next_payment", "", "accepted", "action_required", "planned")
    assert "payment_needs_you" in kinds_told(story.buyer)
    story.pay(scenario="authentication_passes")
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, held=80_00, fee_held=4_00)


def test_stop_while_the_next_payment_has_failed(story: Story) -> None:
    story.pay(scenario="works_then_declines")
    story.deliver()
    story.accept_and_continue()
    story.stop()
    story.expect_order("completed", "stopped", "accepted", "not_started", "not_started")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    assert story.charged_at_stripe == 63_00


def test_nobody_pays_for_ten_days(story: Story) -> None:
    story.pay(scenario="works_then_declines")
    story.deliver()
    story.accept_and_continue()
    for day in range(1, 10):
        travel(days=1)
        beat()
        assert story.order.state == "awaiting_next_payment", f"day {day}"
        story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    travel(days=1, seconds=5)
    beat()
    beat()
    story.expect_order("completed", "payment_lapsed", "accepted", "not_started", "not_started")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    assert story.charged_at_stripe == 63_00
    attempts = story.milestone(2).charge.attempts.count()  # type: ignore[union-attr]
    assert attempts == 4  # the first, and one on each of the policy's days 1, 3 and 5


def test_r_ord_2_unpaid_order_lapses_after_a_day(story: Story) -> None:
    travel(hours=24, seconds=-5)
    beat()
    story.expect_order("pending_payment", "", "charging", "planned", "planned")
    travel(seconds=6)
    beat()
    story.expect_order("abandoned", "", "not_started", "not_started", "not_started")
    story.expect()
    # The offer that led here can't be accepted again, and its seller was told that the payment was being made.
    assert "Ask Selma for a new offer" in told(story.buyer, "order_unpaid")
    assert "nothing for you to do" in told(story.seller, "order_unpaid")


def test_support_cancels_the_first_milestone_with_full_refund(story: Story, agent: User) -> None:
    story.pay()
    cancel(order=story.order, actor=agent, reason="seller_unable", note="The seller is ill.")  # type: ignore[arg-type]
    story.expect_order("cancelled", "", "cancelled", "not_started", "not_started")
    story.expect(captured=63_00, refunding=63_00)
    story.work()
    story.expect(captured=63_00, refunded=63_00)
    assert {"order_cancelled"} <= kinds_told(story.buyer) & kinds_told(story.seller)


def test_support_ends_an_order_with_something_accepted(story: Story, agent: User) -> None:
    story.pay()
    story.deliver()
    story.accept_and_continue()
    cancel(order=story.order, actor=agent, reason="both_agree", note="They agree.")  # type: ignore[arg-type]
    story.work()
    story.expect_order("completed", "ended_by_support", "accepted", "cancelled", "not_started")
    story.expect(captured=147_00, released=54_00, commission=6_00, fees=3_00, refunded=84_00)


def test_support_cancels_a_milestone_and_the_buyer_goes_on(story: Story, agent: User) -> None:
    story.pay()
    cancel(order=story.order, actor=agent, reason="both_agree", note="Skip it.", continue_after=True)  # type: ignore[arg-type]
    story.work()
    story.expect_order("awaiting_next_payment", "", "cancelled", "action_required", "planned")
    story.expect(captured=63_00, refunded=63_00)
    story.pay()
    story.expect_order("active", "", "cancelled", "in_progress", "planned")
    story.expect(captured=147_00, refunded=63_00, held=80_00, fee_held=4_00)


def test_buyer_declines_to_go_on_after_a_cancelled_first_milestone(story: Story, agent: User) -> None:
    story.pay()
    cancel(order=story.order, actor=agent, reason="both_agree", note="Skip it.", continue_after=True)  # type: ignore[arg-type]
    deciding.stop(order=story.order, actor=story.buyer)
    story.work()
    story.expect_order("cancelled", "", "cancelled", "not_started", "not_started")
    story.expect(captured=63_00, refunded=63_00)
    # It was the buyer who ended it, so nobody is told that support did.
    assert "order_cancelled" not in kinds_told(story.buyer) | kinds_told(story.seller)
    assert "You chose not to go on with ‘Step 2’" in told(story.buyer, "order_not_continued")
    assert "Please do not begin" in told(story.seller, "order_not_continued")


def test_nobody_agrees_to_go_on_after_a_cancelled_first_milestone(story: Story, agent: User) -> None:
    story.pay()
    cancel(order=story.order, actor=agent, reason="both_agree", note="Skip it.", continue_after=True)  # type: ignore[arg-type]
    for day in range(1, 11):
        travel(days=1, seconds=1)
        beat()
        assert len(notices(story.buyer, "payment_reminder")) == min(3, (day + 1) // 2)  # on days 1, 3 and 5
    story.expect_order("cancelled", "", "cancelled", "not_started", "not_started")
    assert "‘Step 2’ was not paid in time" in told(story.buyer, "order_not_continued")
    story.expect(captured=63_00, refunded=63_00)


def test_support_ends_an_order_whose_next_payment_failed(story: Story, agent: User) -> None:
    story.pay(scenario="works_then_declines")
    story.deliver()
    story.accept_and_continue()
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    cancel(order=story.order, actor=agent, reason="both_agree", note="They agree.")  # type: ignore[arg-type]
    story.work()
    story.expect_order("completed", "ended_by_support", "accepted", "not_started", "not_started")
    story.expect(captured=63_00, released=54_00, commission=6_00, fees=3_00)
    assert story.charged_at_stripe == 63_00
    words = told(story.buyer, "order_ended")
    assert "‘Step 2’ was not paid, and nothing more is charged." in words
    assert "refunded" not in words  # nothing was held for it


def test_money_that_arrives_for_an_ended_order_goes_back_by_itself(story: Story) -> None:
    """The buyer leaves the hosted page open, the order lapses, and then the payment goes through (R-PAY-3)."""
    charge = story.milestone(1).charge
    assert charge is not None
    url = funding.pay_url(charge=charge, success_url="http://127.0.0.1/ok", cancel_url="http://127.0.0.1/back")
    story.stripe.pay(url)  # succeeded at Stripe, and no webhook has come yet
    travel(hours=24, seconds=5)
    lapse_unpaid_orders()
    story.expect_order("abandoned", "", "not_started", "not_started", "not_started")
    story.work()
    story.work()
    story.expect(captured=63_00, refunded=63_00)
    assert told(story.buyer, "payment_returned").startswith("$63.00 goes back to you")
    assert "payment_returned" not in kinds_told(story.seller)
    follow_charge(result=result_of(charge), now=clock.now())  # announced a second time
    assert [entry.role for entry in story.order.timeline.filter(name="return_payment")] == ["payments"]
