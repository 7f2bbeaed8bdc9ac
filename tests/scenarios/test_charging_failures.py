"""The next milestone's charge when the way to the bank fails, with every balance at each step (R-PAY-2, R-PAY-3).

Each is a line of the list of failures that the payments were designed against (stripe.md §10): a worker that dies, an
answer that never comes, two who accept at once, and money that arrives after support has ended the order.
"""

from collections.abc import Callable

import pytest

from accounts.models import User
from orders.enums import CancelReason
from orders.errors import PaymentUnderWay
from orders.models import TimelineEntry
from orders.services import funding
from orders.services.ending import cancel
from payments.models import Refund
from payments.services.sweeping import sweep_strays
from tests.orders.test_races import DECISIONS, at_once, rivals
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, sweep_payments, travel
from tests.scenarios.test_failed_payments import FIRST_DONE, SECOND_PAID, at_second, intents, kinds, page, second

pytestmark = pytest.mark.usefixtures("moving_clock")

FIRST_HELD = {"captured": 63_00, "held": 60_00, "fee_held": 3_00}
CREATE, CONFIRM = "POST /v1/payment_intents", "/confirm"
NO_ANSWER = {  # kind -> how many HTTP attempts it strikes, until the SDK gives up
    "lost_before": 3, "lost_after": 3, "latency": 3, "truncated": 1, "html": 1,
    "error_before": 3, "error_after": 3, "bad_gateway": 3, "rate_limited": 1, "in_use": 3,
}  # fmt: skip


@pytest.fixture
def story(stripe: StripeDouble, buyer: User, seller: User) -> Story:
    return Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])


def second_is_asked_for(story: Story) -> None:
    """The first is accepted, and nobody has sent the second's charge yet."""
    story.pay()
    story.expect(**FIRST_HELD)
    story.deliver()
    story.accept_and_continue(settle=False)
    story.expect(**FIRST_DONE)


def end(story: Story, agent: User, *, go_on: bool = False) -> None:
    cancel(
        order=story.order, actor=agent, reason=CancelReason.BOTH_AGREE, note="Both wrote.", continue_after=go_on,
    )  # fmt: skip


def keys_of_creates(story: Story) -> set[str]:
    """The idempotency keys under which Stripe was asked to make a payment for the second milestone."""
    made = [
        request for request, _ in story.stripe.adapter.exchanges
        if request.target == CREATE and request.params["metadata"]["charge_ref"] == second(story).public_id
    ]  # fmt: skip
    return {request.idempotency_key for request in made}


# --- Lines 1 to 3: the worker dies, or the answer does ----------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("point", "booked"),
    [("submit:creating", False), ("submit:confirmed", False), ("settle:written", False), ("settle:committed", True)],
)
def test_1_a_worker_killed_before_or_after_the_call_or_the_commit_charges_once(
    story: Story, kill_at: Callable[[str], None], point: str, booked: bool
) -> None:
    second_is_asked_for(story)
    kill_at(point)
    with pytest.raises(Killed):
        sweep_payments()
    story.expect(**SECOND_PAID if booked else FIRST_DONE)
    story.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")
    with pytest.raises(PaymentUnderWay):
        story.stop()
    travel(seconds=4 * 60)  # the dead worker's lease is over
    for go_on in (sweep_payments, story.work):
        go_on()
        story.expect(**SECOND_PAID)
        story.expect_order("active", "", "accepted", "in_progress", "planned")
    assert intents(story) == ["succeeded", "succeeded"]
    assert story.charged_at_stripe == 147_00


@pytest.mark.django_db
@pytest.mark.parametrize("on", [CREATE, CONFIRM])
@pytest.mark.parametrize("kind", NO_ANSWER)
def test_2_3_no_answer_is_unknown_and_no_stop_and_in_the_end_one_payment(story: Story, kind: str, on: str) -> None:
    second_is_asked_for(story)
    story.stripe.faults.add(kind, on=on, times=NO_ANSWER[kind], seconds=31)
    sweep_payments()
    assert second(story).state == "unknown"
    with pytest.raises(PaymentUnderWay):
        story.stop()
    story.expect(**FIRST_DONE)
    story.expect_order("awaiting_next_payment", "", "accepted", "charging", "planned")

    story.stripe.faults.clear()  # what its key remembers stays
    for _ in range(6):
        if second(story).state != "succeeded":
            travel(seconds=16 * 60)
            sweep_payments()
    story.expect(**SECOND_PAID)
    sweep_strays()
    story.work()
    story.expect(**SECOND_PAID)
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    assert intents(story).count("succeeded") == 2
    assert story.charged_at_stripe == 147_00
    given_up = (kind, on) == ("error_before", CREATE)  # the key that holds a 500 makes room for another
    keys = [f"charge:{second(story).public_id}:{number}" for number in range(1, 3 if given_up else 2)]
    assert list(second(story).attempts.values_list("idempotency_key", flat=True)) == keys
    assert keys_of_creates(story) == set(keys)


# --- Line 6: two accept at once ---------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["accept, accept", "lapse, stop", "accept, accept, lapse, stop"])
def test_6_one_of_those_who_decide_at_once_wins_and_is_charged_once(story: Story, who: str) -> None:
    """And two workers at once send what the winner left to be sent."""
    story.pay()
    story.deliver()
    acts = {"accept": slice(0, 2), "lapse": slice(2, 3), "stop": slice(3, 4)}
    chosen = [act for name, place in acts.items() if name in who for act in rivals(story.order)[place]]
    raised = at_once(*chosen)
    assert raised.count(None) == 1
    story.expect(**FIRST_DONE)
    (won,) = TimelineEntry.objects.filter(order=story.order, name__in=DECISIONS).values_list("name", flat=True)
    assert at_once(sweep_payments, sweep_payments) == [None, None]
    story.work()
    if won == "accept_and_continue":
        assert "accept" in who
        story.expect_order("active", "", "accepted", "in_progress", "planned")
        story.expect(**SECOND_PAID)
        assert (intents(story), story.charged_at_stripe) == (["succeeded", "succeeded"], 147_00)
    else:
        completion = {"lapse_review": "review_lapsed", "accept_and_stop": "stopped"}[won]
        story.expect_order("completed", completion, "accepted", "not_started", "not_started")
        story.expect(**FIRST_DONE)
        assert (intents(story), story.charged_at_stripe) == (["succeeded"], 63_00)


# --- Line 11: money after the end -------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_11_success_after_support_ended_the_order_goes_back(story: Story, agent: User) -> None:
    at_second(story, "works_then_declines")
    charge = funding.prepare_payment(order=story.order, actor=story.buyer)
    story.stripe.pay(page(charge))  # paid at Stripe; no news has come when support ends it
    end(story, agent)
    for after in (FIRST_DONE, *[FIRST_DONE | {"captured": 147_00, "refunded": 84_00}] * 2):
        story.expect(**after)
        story.expect_order("completed", "ended_by_support", "accepted", "not_started", "not_started")
        story.work()
    assert story.charged_at_stripe == 147_00
    assert [(refund.state, refund.amount) for refund in Refund.objects.all()] == [("succeeded", 84_00)]
    assert kinds(story.buyer).count("payment_returned") == 1
    assert story.milestone(2).started_at is None


@pytest.mark.django_db
def test_11_success_after_a_cancel_goes_back_and_the_order_stays_cancelled(story: Story, agent: User) -> None:
    """Support cancels the first milestone, the buyer agrees to go on and pays; meanwhile support cancels the rest."""
    story.pay()
    end(story, agent, go_on=True)
    story.work()
    first_back = {"captured": 63_00, "refunded": 63_00}
    story.expect(**first_back)
    story.expect_order("awaiting_next_payment", "", "cancelled", "action_required", "planned")
    charge = funding.prepare_payment(order=story.order, actor=story.buyer)
    story.stripe.pay(page(charge))
    end(story, agent)
    for after in (first_back, *[{"captured": 147_00, "refunded": 147_00}] * 2):
        story.expect(**after)
        story.expect_order("cancelled", "", "cancelled", "not_started", "not_started")
        story.work()
    assert story.charged_at_stripe == 147_00
    assert sorted(refund.amount for refund in Refund.objects.all()) == [63_00, 84_00]
    assert kinds(story.buyer).count("payment_returned") == 1
