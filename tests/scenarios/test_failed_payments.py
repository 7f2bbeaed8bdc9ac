"""Stories of payments that fail, are made twice or come too late, with every balance at each step (R-PAY-2, R-PAY-3).

Each is a line of the list of failures that the payments were designed against.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from marketplace.kernel import clock
from notifications.models import Notification
from notifications.rendering import render_words
from orders.models import Milestone
from orders.presenters.money import purse_of
from orders.presenters.story import tell
from orders.presenters.whereabouts import whereabouts_of
from orders.selectors import view_order
from orders.services import deciding, funding
from payments.errors import AlreadyPaid
from payments.models import Charge, Refund
from payments.services.checkouts import start_checkout
from payments.services.sweeping import sweep_charges
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import CANCEL, SUCCESS, Story, beat, travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moving_clock")]

FIRST_DONE = {"captured": 63_00, "released": 54_00, "commission": 6_00, "fees": 3_00}
SECOND_PAID = FIRST_DONE | {"captured": 147_00, "held": 80_00, "fee_held": 4_00}


@pytest.fixture
def story(stripe: StripeDouble, buyer: User, seller: User) -> Story:
    return Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])


def kinds(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def intents(story: Story) -> list[str]:
    return [intent["status"] for intent in story.stripe.objects("payment_intent")]


def second(story: Story) -> Charge:
    charge = story.milestone(2).charge
    assert charge is not None
    return charge


def page(charge: Charge) -> str:
    return start_checkout(charge=charge, success_url=SUCCESS, cancel_url=CANCEL, now=clock.now())


def at_second(story: Story, scenario: str) -> None:
    """The first is accepted; the charge of the second meets the card of `scenario`."""
    story.pay(scenario=scenario)
    story.expect(captured=63_00, held=60_00, fee_held=3_00)
    story.deliver()
    story.accept_and_continue()
    story.expect(**FIRST_DONE)


def test_7_declined_then_a_new_card_is_a_new_attempt_with_a_new_key_and_one_capture(story: Story) -> None:
    at_second(story, "works_then_declines")
    story.expect_order("awaiting_next_payment", "", "accepted", "payment_failed", "planned")
    assert intents(story) == ["succeeded", "requires_payment_method"]
    story.pay(scenario="authentication_passes")
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(**SECOND_PAID)
    assert intents(story) == ["succeeded", "canceled", "succeeded"]
    attempts = list(second(story).attempts.values_list("number", "mode", "state", "idempotency_key"))
    key = f"charge:{second(story).public_id}"
    assert attempts == [(1, "saved", "closed", f"{key}:1"), (2, "checkout", "succeeded", f"{key}:2")]
    story.deliver()
    story.accept_and_continue()  # and the new card pays the third
    story.expect(captured=252_00, released=126_00, commission=14_00, fees=7_00, held=100_00, fee_held=5_00)
    assert story.charged_at_stripe == 252_00


def test_8_a_bank_that_wants_the_buyer_who_never_comes(story: Story) -> None:
    """The milestone waits, the buyer is told how to go on, the work does not begin; then the grace days end it."""
    at_second(story, "works_then_authenticates")
    story.expect_order("awaiting_next_payment", "", "accepted", "action_required", "planned")
    assert (kinds(story.buyer).count("payment_needs_you"), kinds(story.seller).count("do_not_begin")) == (1, 1)
    assert story.milestone(2).started_at is None
    assert page(second(story)).startswith("http")
    for _ in range(9):
        travel(days=1)
        beat()
        story.expect(**FIRST_DONE)
        assert second(story).attempts.filter(mode="saved").count() == 1  # no bank is asked again without the buyer
    assert kinds(story.buyer).count("payment_reminder") == 3
    travel(days=1, seconds=5)
    beat()
    beat()
    story.expect_order("completed", "payment_lapsed", "accepted", "not_started", "not_started")
    story.expect(**FIRST_DONE)
    assert kinds(story.seller).count("do_not_begin") == 1
    assert story.charged_at_stripe == 63_00


@pytest.mark.parametrize("news", ["webhook", "sweep", "next_visit"])
def test_9_the_buyer_closes_the_tab_after_paying(story: Story, news: str) -> None:
    """The return page proves nothing by itself; whoever asks Stripe first brings the news, and it counts once."""
    at_second(story, "works_then_declines")
    charge = funding.prepare_payment(order=story.order, actor=story.buyer)
    url = page(charge)
    client = Client()
    client.force_login(story.buyer)
    client.get(reverse("orders:paid", args=[story.order.public_id]))  # as if paid: nothing is
    story.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
    story.expect(**FIRST_DONE)
    story.stripe.pay(url)
    story.expect(**FIRST_DONE)
    if news == "webhook":
        story.work()
    elif news == "sweep":
        travel(seconds=timedelta(minutes=3).seconds)
        sweep_charges()
    else:
        client.get(reverse("orders:paid", args=[story.order.public_id]))
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(**SECOND_PAID)
    story.work()
    story.work()
    story.expect(**SECOND_PAID)
    assert story.charged_at_stripe == 147_00


def test_10_the_old_page_is_paid_while_a_new_one_is_asked_for(story: Story) -> None:
    """The buyer has a page about to close in one tab, pays there, and asks for a new one in another."""
    at_second(story, "works_then_declines")
    charge = funding.prepare_payment(order=story.order, actor=story.buyer)
    old = page(charge)
    travel(seconds=timedelta(minutes=59).seconds)  # too late for it to be handed out again
    story.stripe.pay(old)
    with pytest.raises(AlreadyPaid):
        page(charge)
    story.work()
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(**SECOND_PAID)
    assert [session["status"] for session in story.stripe.objects("checkout.session")] == ["complete", "complete"]


def test_10_both_pages_paid_keeps_one_and_returns_the_other(story: Story) -> None:
    at_second(story, "works_then_declines")
    charge = funding.prepare_payment(order=story.order, actor=story.buyer)
    first = page(charge)
    charge.attempts.filter(mode="checkout").update(state="closed")  # as if the first had been lost to us
    again = page(charge)
    story.stripe.pay(first)
    story.stripe.pay(again)
    story.work()
    story.work()
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(**SECOND_PAID | {"captured": 231_00, "refunded": 84_00})
    assert story.charged_at_stripe == 231_00
    assert [(r.kind, r.state, r.amount) for r in Refund.objects.all()] == [("surplus", "succeeded", 84_00)]
    assert kinds(story.buyer).count("paid_twice") == 1
    assert "paid_twice" not in kinds(story.seller)


@pytest.mark.parametrize("won", [True, False], ids=["won", "lost"])
def test_10_paid_twice_and_charged_back_goes_back_once_by_one_way(story: Story, won: bool) -> None:
    """The buyer asks the bank for the second payment before its refund is sent, and Stripe refuses that. Won, it is
    sent again by itself; lost, the buyer has it.
    """
    both_paid(story)
    twice = story.stripe.objects("payment_intent")[-1]["id"]
    found = story.stripe.dispute(twice)["id"]
    story.work()
    story.work()
    waits = SECOND_PAID | {"captured": 231_00, "surplus": 84_00}
    story.expect(**waits, disputed=84_00)
    for _ in range(2):
        travel(days=3)
        beat()
        story.expect(**waits, disputed=84_00)
    assert refunds() == [("surplus", "failed", 84_00)]
    purse = purse_of(view_order(story.order, story.buyer, now=clock.now()))
    assert (purse.charged.amount, purse.refunded.amount, purse.surplus.amount) == (231_00, 0, 84_00)
    story.stripe.close_dispute(found, won=won)
    story.work()
    beat()
    if won:
        story.expect(**SECOND_PAID | {"captured": 231_00, "refunded": 84_00})
        assert refunds() == [("surplus", "failed", 84_00), ("surplus", "succeeded", 84_00)]
    else:
        story.expect(**SECOND_PAID | {"captured": 231_00, "lost": 84_00})
        assert refunds() == [("surplus", "failed", 84_00)]
    story.expect_order("active", "", "accepted", "in_progress", "planned")


def test_10_paid_twice_and_returned_by_the_bank_is_sent_again_by_itself(story: Story, agent: User) -> None:
    both_paid(story)
    story.work()
    story.work()
    story.stripe.fail_refund(story.stripe.objects("refund")[0]["id"])
    story.work()
    story.expect(**SECOND_PAID | {"captured": 231_00, "surplus": 84_00})
    travel(days=1, seconds=5)
    beat()
    story.expect(**SECOND_PAID | {"captured": 231_00, "refunded": 84_00})
    assert refunds() == [("surplus", "failed", 84_00), ("surplus", "succeeded", 84_00)]
    notice = Notification.objects.get(kind="refund_needs_support", recipient=agent)
    assert "It was paid twice, so it is sent again by itself" in render_words(notice, reader=agent).body
    assert [kind for kind in kinds(story.buyer) if kind.startswith("refund_")] == [
        "refund_done",
        "refund_failed",
        "refund_done",
    ]
    assert kinds(story.seller).count("refund_failed") == 0
    entry = story.order.timeline.get(name="refund_failed")
    assert tell(entry, order=story.order, reader=story.buyer).text == (
        "What was paid twice for ‘Step 2’ went back and did not arrive. It is sent again by itself."
    )
    returns = whereabouts_of(story.order, story.buyer, now=clock.now()).returns
    assert [each.state for each in returns] == ["did not arrive", "arrived"]


def both_paid(story: Story) -> None:
    """The second milestone on two pages, the first of which had been lost to us; no news has come."""
    at_second(story, "works_then_declines")
    charge = funding.prepare_payment(order=story.order, actor=story.buyer)
    first = page(charge)
    charge.attempts.filter(mode="checkout").update(state="closed")
    again = page(charge)
    story.stripe.pay(first)
    story.stripe.pay(again)


def refunds() -> list[tuple[str, str, int]]:
    return [(refund.kind, refund.state, refund.amount) for refund in Refund.objects.all()]


def test_11_success_after_a_stop_goes_back_and_the_order_stays_stopped(story: Story) -> None:
    at_second(story, "works_then_declines")
    charge = funding.prepare_payment(order=story.order, actor=story.buyer)
    story.stripe.pay(page(charge))  # paid at Stripe; no news has come when the buyer stops
    deciding.stop(order=story.order, actor=story.buyer)
    story.expect_order("completed", "stopped", "accepted", "not_started", "not_started")
    story.expect(**FIRST_DONE)
    story.work()
    story.work()
    story.expect_order("completed", "stopped", "accepted", "not_started", "not_started")
    story.expect(**FIRST_DONE | {"captured": 147_00, "refunded": 84_00})
    assert kinds(story.buyer).count("payment_returned") == 1
    assert Milestone.objects.get(order=story.order, position=2).started_at is None


def test_a_refusal_for_good_and_then_ten_days_of_silence(story: Story) -> None:
    """A card that must not be tried again isn't; the buyer is reminded on the policy's days, the seller told once."""
    at_second(story, "works_then_lost")
    for day in range(1, 10):
        travel(days=1)
        beat()
        assert second(story).attempts.count() == 1, day
        story.expect(**FIRST_DONE)
    assert kinds(story.buyer).count("payment_failed") == 1
    assert kinds(story.buyer).count("payment_reminder") == 3
    assert kinds(story.seller).count("do_not_begin") == 1
    travel(days=1, seconds=5)
    beat()
    beat()
    story.expect_order("completed", "payment_lapsed", "accepted", "not_started", "not_started")
    assert story.charged_at_stripe == 63_00
