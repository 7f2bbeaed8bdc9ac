"""What comes of an event: the object is fetched and settled, in any order, any number of times, or with no event."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from marketplace.web.clock import database_now
from payments.enums import AttemptState, ChargeState, EventState
from payments.models import Charge, ChargeAttempt, Refund, WebhookEvent
from payments.selectors import group_balances
from payments.services.receiving import fetch_events, process_event
from payments.services.sweeping import sweep_events
from payments.signals import ChargeResult
from tests.factories.payments import last_attempt, make_charge, make_paid_charge, make_saved_method, open_page, submit
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]


def paid_behind_our_back(stripe: StripeDouble) -> Charge:
    charge = make_charge()
    stripe.pay(open_page(charge))
    return charge


def state(charge: Charge) -> str:
    return Charge.objects.get(pk=charge.pk).state


def test_the_buyer_closed_the_tab_and_the_webhook_completes_it(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    charge = paid_behind_our_back(stripe)
    stripe.deliver_webhooks()
    assert state(charge) == ChargeState.AWAITING_PAYER  # stored, not processed in the request
    sweep_events()
    assert state(charge) == ChargeState.SUCCEEDED
    assert [result.outcome for result in told] == ["succeeded"]


@pytest.mark.parametrize("fault", ["webhook_doubled", "webhook_shuffled"])
def test_doubled_or_shuffled_webhooks_change_nothing(
    stripe: StripeDouble, told: list[ChargeResult], fault: str
) -> None:
    stripe.faults.add(fault, times=20)
    charge = paid_behind_our_back(stripe)
    for _ in range(2):
        stripe.deliver_webhooks()
        sweep_events()
    assert state(charge) == ChargeState.SUCCEEDED
    assert group_balances("ord_1").captured == 8_400
    assert len(told) == 1


def test_any_order_of_all_events_ends_the_same(stripe: StripeDouble, buyer: User, told: list[ChargeResult]) -> None:
    method = make_saved_method(stripe, buyer, "works_then_declines")
    charge = submit(make_charge(payer=buyer, method=method))
    stripe.pay(open_page(charge))
    stripe.deliver_webhooks()
    for event in WebhookEvent.objects.order_by("-pk"):
        process_event(event_id=event.pk)
    assert state(charge) == ChargeState.SUCCEEDED
    assert group_balances("ord_1").captured == 8_400
    assert told[-1].outcome == "succeeded"


def test_a_webhook_that_never_comes_is_found_by_listing(stripe: StripeDouble) -> None:
    stripe.faults.add("webhook_dropped", times=50)
    charge = paid_behind_our_back(stripe)
    stripe.deliver_webhooks()
    assert fetch_events() > 0
    assert fetch_events() == 0
    sweep_events()
    assert state(charge) == ChargeState.SUCCEEDED


def test_what_was_lost_in_a_long_pause_is_listed_though_newer_news_has_come(
    stripe: StripeDouble, time_passes: Callable[[timedelta], None]
) -> None:
    charge = make_paid_charge(stripe)
    fetch_events()
    payment_id = last_attempt(charge).payment_id
    assert payment_id
    stripe.refund_in_dashboard(payment_id, 1_000)
    stripe.faults.add("webhook_dropped", times=50)
    stripe.deliver_webhooks()
    time_passes(timedelta(hours=20))  # nobody lists events meanwhile
    stripe.faults.clear()
    open_page(make_charge())
    stripe.deliver_webhooks()  # newer than what was lost
    assert not Refund.objects.exists()
    fetch_events()
    sweep_events()
    assert Refund.objects.get().amount == 1_000


def test_the_body_of_an_event_is_never_believed(stripe: StripeDouble) -> None:
    """A success in the body, but the payment is not paid: nothing is booked."""
    charge = make_charge()
    open_page(charge)
    (session,) = stripe.objects("checkout.session")
    stored = store(object_id=session["id"], subject={**session, "status": "complete", "payment_status": "paid"})
    process_event(event_id=stored.pk)
    stored.refresh_from_db()
    assert (stored.state, state(charge)) == (EventState.DONE, ChargeState.AWAITING_PAYER)
    assert group_balances("ord_1").captured == 0


def store(*, object_id: str, subject: dict[str, Any], type_: str = "checkout.session.completed") -> WebhookEvent:
    now = database_now() - timedelta(hours=1)
    return WebhookEvent.objects.create(
        event_id=f"evt_{object_id}",
        type=type_,
        object_id=object_id,
        object_type=subject["object"],
        livemode=False,
        payload={"data": {"object": subject}},
        created_at=now,
        received_at=now,
        due_at=now,
    )


@pytest.mark.parametrize(
    "metadata", [None, {}, {"charge_ref": "chg_none", "attempt": "1"}, {"charge_ref": "", "attempt": "x"}, ["no"], "no"]
)
def test_an_event_about_nothing_we_know_waits_and_is_then_given_up(
    stripe: StripeDouble, time_passes: Pass, metadata: object
) -> None:
    make_charge()
    subject = {"id": "pi_unknown", "object": "payment_intent", "metadata": metadata}
    stored = store(object_id="pi_unknown", subject=subject, type_="payment_intent.succeeded")
    WebhookEvent.objects.filter(pk=stored.pk).update(received_at=database_now(), due_at=database_now())
    process_event(event_id=stored.pk)
    stored.refresh_from_db()
    assert stored.state == EventState.ORPHAN
    time_passes(timedelta(days=3))
    sweep_events()
    stored.refresh_from_db()
    assert stored.state == EventState.IGNORED


def test_an_event_that_comes_before_our_own_commit_is_processed_once_it_is_there(
    stripe: StripeDouble, kill_at: Callable[[str], None]
) -> None:
    """The request died after Stripe made the page and before we kept its id; the payer had the address all the same."""
    charge = make_charge()
    kill_at("checkout:opened")
    with pytest.raises(Killed):
        open_page(charge)
    (session,) = stripe.objects("checkout.session")
    stripe.pay(session["id"])
    stripe.deliver_webhooks()
    sweep_events()
    assert state(charge) == ChargeState.SUCCEEDED


def test_stripe_out_of_reach_leaves_the_event_for_later(stripe: StripeDouble, time_passes: Pass) -> None:
    charge = paid_behind_our_back(stripe)
    stripe.deliver_webhooks()
    stripe.faults.add("bad_gateway", times=60)
    sweep_events()
    assert state(charge) == ChargeState.AWAITING_PAYER
    assert not WebhookEvent.objects.filter(state=EventState.DONE).exists()
    stripe.faults.clear()
    time_passes(timedelta(minutes=1))
    sweep_events()
    assert state(charge) == ChargeState.SUCCEEDED


def test_an_expired_page_is_closed_by_its_event(stripe: StripeDouble, time_passes: Pass) -> None:
    charge = make_charge()
    open_page(charge)
    time_passes(timedelta(hours=1, minutes=1))
    stripe.simulator.let_time_act()
    stripe.deliver_webhooks()
    sweep_events()
    assert ChargeAttempt.objects.get(charge=charge).state == AttemptState.CLOSED
    assert state(charge) == ChargeState.AWAITING_PAYER


def test_a_sweep_run_twice_finds_nothing_the_second_time(stripe: StripeDouble) -> None:
    paid_behind_our_back(stripe)
    stripe.deliver_webhooks()
    assert sweep_events() > 0
    assert sweep_events() == 0
