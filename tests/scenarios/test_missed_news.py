"""What Stripe tells us comes twice, late, never, forged or wrong, with every balance at each step (stripe.md §10).

Lines 12, 13 and 14 of the list of failures that the payments were designed against. An event is a hint: the payment is
read at Stripe, so that the news that come first bring all, and those that come after change nothing.
"""

import json
from collections.abc import Callable

import pytest

from accounts.models import User
from orders.errors import PaymentUnderWay
from orders.services import funding
from payments import tasks
from payments.enums import EventState
from payments.models import Charge, WebhookEvent
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble, post_signed
from tests.scenarios.story import Story, beat, travel
from tests.scenarios.test_failed_payments import FIRST_DONE, SECOND_PAID, at_second, page, second

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moving_clock")]

FIRST_HELD = {"captured": 63_00, "held": 60_00, "fee_held": 3_00}


@pytest.fixture
def story(stripe: StripeDouble, buyer: User, seller: User) -> Story:
    return Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])


def payable(story: Story) -> Charge:
    return funding.prepare_payment(order=story.order, actor=story.buyer)


def waiting_events() -> list[int]:
    return list(WebhookEvent.objects.filter(state=EventState.RECEIVED).order_by("pk").values_list("pk", flat=True))


def expect_second_paid(story: Story) -> None:
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(**SECOND_PAID)
    assert story.charged_at_stripe == 147_00


# --- Line 12: twice, late, before our own commit, forged --------------------------------------------------------------
def test_12_doubled_and_shuffled_news_bring_the_money_once(story: Story) -> None:
    at_second(story, "works_then_declines")
    url = page(payable(story))
    story.work()
    story.stripe.faults.add("webhook_doubled", times=20)
    story.stripe.faults.add("webhook_shuffled")
    story.stripe.pay(url)
    sent = story.stripe.deliver_webhooks()
    assert [each.event_id for each in sent[::2]] == [each.event_id for each in sent[1::2]]
    assert sent[0].event_type == "checkout.session.completed"  # which happened last
    story.expect(**FIRST_DONE)  # stored, not processed in the request
    assert len(waiting_events()) > 1
    for event_id in waiting_events():
        tasks.process_event(event_id)
        expect_second_paid(story)
    story.work()
    expect_second_paid(story)


def test_12_a_failure_that_is_told_after_the_success_takes_nothing_back(story: Story) -> None:
    """On the same page a first card is refused, a second works; news of the refusal come an hour late."""
    at_second(story, "works_then_declines")
    url = page(payable(story))
    story.stripe.faults.add("webhook_delayed", on="payment_intent.payment_failed", seconds=3_600)
    story.stripe.pay(url, scenario="declines")
    story.work()
    story.expect(**FIRST_DONE)
    story.stripe.pay(url)
    story.work()
    expect_second_paid(story)
    travel(seconds=3_601)
    assert "payment_intent.payment_failed" in [each.event_type for each in story.stripe.deliver_webhooks()]
    assert waiting_events()
    story.work()
    assert waiting_events() == []
    expect_second_paid(story)


def test_12_news_that_come_before_our_own_commit_find_the_charge(story: Story, kill_at: Callable[[str], None]) -> None:
    """The request died when Stripe had made the page and we had not kept its id; the buyer paid on it all the same."""
    kill_at("checkout:opened")
    with pytest.raises(Killed):
        page(payable(story))
    (session,) = story.stripe.objects("checkout.session")
    story.stripe.pay(session["id"])
    story.expect()
    story.expect_order("pending_payment", "", "charging", "planned", "planned")
    story.work()
    story.expect(**FIRST_HELD)
    story.expect_order("active", "", "in_progress", "planned", "planned")
    assert story.charged_at_stripe == 63_00


@pytest.mark.parametrize(
    ("secret", "status", "stored"),
    [("whsec_other", 400, 0), ("whsec_connect_test", 400, 0), ("whsec_test", 200, 1)],
)
def test_12_a_forged_success_moves_nothing(story: Story, secret: str, status: int, stored: int) -> None:
    """Nor does an untrue one that is signed as Stripe would sign it: the page is read, and nobody has paid there."""
    page(payable(story))
    (session,) = story.stripe.objects("checkout.session")
    event = {
        "id": "evt_forged", "object": "event", "type": "checkout.session.completed", "livemode": False,
        "created": session["created"], "api_version": None,
        "data": {"object": session | {"status": "complete", "payment_status": "paid"}},
    }  # fmt: skip
    assert post_signed("payments:stripe_webhook", json.dumps(event).encode(), secret=secret) == status
    assert WebhookEvent.objects.filter(event_id="evt_forged").count() == stored
    story.work()
    story.expect()
    story.expect_order("pending_payment", "", "charging", "planned", "planned")


# --- Line 13: never ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("position", [1, 2])
def test_13_without_any_webhook_the_hourly_list_brings_the_money(story: Story, position: int) -> None:
    before, after = {}, FIRST_HELD
    if position == 2:
        at_second(story, "works_then_declines")
        before, after = FIRST_DONE, SECOND_PAID
    story.stripe.faults.add("webhook_dropped", times=50)
    story.stripe.pay(page(payable(story)))
    assert story.stripe.deliver_webhooks() == []
    story.expect(**before)
    assert story.milestone(position).state == "charging"
    for _ in range(2):
        tasks.sweep_stripe_events()
        tasks.sweep_events()
        story.expect(**after)
        assert (story.order.state, story.milestone(position).state) == ("active", "in_progress")


# --- Line 14: wrong ---------------------------------------------------------------------------------------------------
def test_14_a_cent_less_at_stripe_is_never_booked_and_nothing_goes_on(story: Story) -> None:
    """The charge waits for a person: no stop meanwhile, no lapse on the tenth day, no work that nobody has paid."""
    at_second(story, "works_then_declines")
    paid = story.stripe.pay(page(payable(story)))
    store = story.stripe.simulator.store
    store.put("payment_intent", paid["id"], paid | {"amount": 83_99, "amount_received": 83_99})
    store.commit()
    story.work()
    story.expect(**FIRST_DONE)
    assert second(story).state == "quarantined"
    with pytest.raises(PaymentUnderWay):
        story.stop()
    travel(days=11)
    for _ in range(2):
        beat()
        story.expect(**FIRST_DONE)
        story.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
    assert story.milestone(2).started_at is None
    assert second(story).state == "quarantined"
