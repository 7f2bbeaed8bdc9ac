"""What the gateway makes of Stripe's answers: pages, saved cards, refusals, refunds, events."""

from datetime import timedelta

import pytest

from payments.gateway import OutcomeUnknown, RequestRejected, StateConflict
from payments.simulator.cards import SCENARIOS
from tests.payments.at_stripe import NOW, charge, create, open_page, refund, saved_card
from tests.payments.simulator_fixtures import StripeDouble


# --- The hosted page --------------------------------------------------------------------------------------------------
def test_r_pay_1_a_paid_page_gives_the_payment_and_a_card_kept_for_later(stripe: StripeDouble) -> None:
    page = open_page(stripe)
    assert (page.status, page.expires_at, page.payment) == ("open", NOW + timedelta(hours=1), None)
    stripe.pay(page.url)
    after = stripe.gateway.get_checkout(page.id)
    assert after.payment is not None
    assert (after.status, after.payment.status, after.payment.amount_received) == ("complete", "succeeded", 10_500)
    assert (after.payment.currency, after.payment.provider_fee, after.payment.fee_currency) == ("USD", 335, "USD")
    assert after.payment.charge_id.startswith("ch_")
    assert after.payment.balance_transaction_id.startswith("txn_")
    assert after.payment.metadata == {"charge_ref": "chg_1", "attempt": "1", "group": "ord_1"}
    assert after.payment.method is not None
    assert (after.payment.method.brand, after.payment.method.last4) == ("visa", "4242")
    (method,) = stripe.objects("payment_method")
    assert method["customer"] == after.payment.customer_id


def test_r_pay_1_which_methods_can_pay_is_left_to_the_operator(stripe: StripeDouble) -> None:
    open_page(stripe)
    create(stripe, saved_card(stripe))
    sent = [request.params for request, _ in stripe.adapter.exchanges if request.method == "POST"]
    assert all("payment_method_types" not in params and "allowed_payment_method_types" not in params for params in sent)


def test_a_decline_on_an_open_page_is_not_final(stripe: StripeDouble) -> None:
    page = open_page(stripe)
    stripe.pay(page.url, "insufficient_funds")
    declined = stripe.gateway.get_checkout(page.id)
    assert declined.payment is not None
    assert (declined.status, declined.payment.status) == ("open", "declined")
    stripe.pay(page.url, "works")
    paid = stripe.gateway.get_checkout(page.id)
    assert paid.payment is not None
    assert (paid.status, paid.payment.status, paid.payment.id) == ("complete", "succeeded", declined.payment.id)


def test_an_expired_page_closes_its_payment(stripe: StripeDouble) -> None:
    page = open_page(stripe)
    stripe.pay(page.url, "declines")
    expired = stripe.gateway.expire_checkout(page.id)
    assert expired.payment is not None
    assert (expired.status, expired.url, expired.payment.status) == ("expired", "", "canceled")


def test_expiring_a_page_that_is_paid_returns_the_truth(stripe: StripeDouble) -> None:
    page = open_page(stripe)
    stripe.pay(page.url)
    truth = stripe.gateway.expire_checkout(page.id)
    assert truth.payment is not None
    assert (truth.status, truth.payment.status) == ("complete", "succeeded")


def test_expiring_a_page_twice_is_harmless(stripe: StripeDouble) -> None:
    page = open_page(stripe)
    assert [stripe.gateway.expire_checkout(page.id).status for _ in range(2)] == ["expired", "expired"]


@pytest.mark.parametrize("lasts", [timedelta(minutes=30), timedelta(hours=24)])
def test_a_page_can_last_half_an_hour_to_a_day(stripe: StripeDouble, lasts: timedelta) -> None:
    assert open_page(stripe, lasts=lasts).expires_at == NOW + lasts


@pytest.mark.parametrize("lasts", [timedelta(minutes=30, seconds=-1), timedelta(hours=24, seconds=1)])
def test_stripe_refuses_a_shorter_or_longer_page(stripe: StripeDouble, lasts: timedelta) -> None:
    with pytest.raises(RequestRejected, match="expires_at"):
        open_page(stripe, lasts=lasts)


# --- A saved card -----------------------------------------------------------------------------------------------------
def test_a_payment_takes_no_money_before_it_is_confirmed(stripe: StripeDouble) -> None:
    card = saved_card(stripe)
    payment = create(stripe, card)
    assert (payment.status, payment.amount_received, payment.charge_id) == ("requires_payment", 0, "")
    paid = stripe.gateway.confirm_payment(payment.id, method_id=card[1], idempotency_key="confirm:2:1")
    assert (paid.status, paid.amount_received, paid.decline) == ("succeeded", 8_400, None)
    assert paid.provider_fee == 274
    assert stripe.gateway.get_payment(payment.id) == paid


def test_a_payment_that_stripe_exchanged_says_in_what_its_fee_is(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    line = stripe.simulator.store.get("balance_transaction", paid.balance_transaction_id)
    exchanged = line | {"currency": "eur", "amount": 7_240, "fee": 396, "net": 6_844, "exchange_rate": 0.862}
    stripe.simulator.store.put("balance_transaction", line["id"], exchanged)
    now = stripe.gateway.get_payment(paid.id)
    assert (now.currency, now.provider_fee, now.fee_currency) == ("USD", 396, "EUR")


@pytest.mark.parametrize(
    ("scenario", "code", "decline_code", "action"),
    [
        ("works_then_declines", "card_declined", "insufficient_funds", "retry_later"),
        ("works_then_authenticates", "authentication_required", "authentication_required", "authenticate"),
        ("works_then_lost", "card_declined", "lost_card", "stop"),
    ],
)
def test_r_pay_2_a_refusal_is_a_result_that_says_what_can_help(
    stripe: StripeDouble, scenario: str, code: str, decline_code: str, action: str
) -> None:
    refused = charge(stripe, scenario)
    assert (refused.status, refused.amount_received) == ("declined", 0)
    assert refused.decline is not None
    assert (refused.decline.code, refused.decline.decline_code, refused.decline.action) == (code, decline_code, action)
    read_again = stripe.gateway.get_payment(refused.id)
    assert (read_again.status, read_again.decline) == (refused.status, refused.decline)


def test_a_bank_that_wants_the_buyer_off_session_leaves_stripe_waiting_for_a_method(stripe: StripeDouble) -> None:
    charge(stripe, "works_then_authenticates")
    assert stripe.objects("payment_intent")[-1]["status"] == "requires_payment_method"


def test_confirming_what_is_paid_answers_with_the_payment(stripe: StripeDouble) -> None:
    card = saved_card(stripe)
    payment = create(stripe, card)
    for key in ("confirm:2:1", "confirm:2:1:again"):
        paid = stripe.gateway.confirm_payment(payment.id, method_id=card[1], idempotency_key=key)
        assert (paid.status, paid.amount_received) == ("succeeded", 8_400)
    assert [each["amount"] for each in stripe.objects("charge")] == [10_500, 8_400]


def test_cancelling_returns_the_truth(stripe: StripeDouble) -> None:
    card = saved_card(stripe)
    waiting, paid = create(stripe, card, key="a"), create(stripe, card, key="b")
    stripe.gateway.confirm_payment(paid.id, method_id=card[1], idempotency_key="c")
    assert stripe.gateway.cancel_payment(waiting.id).status == "canceled"
    assert stripe.gateway.cancel_payment(waiting.id).status == "canceled"
    assert stripe.gateway.cancel_payment(paid.id).status == "succeeded"


def test_a_declined_payment_can_be_cancelled_and_keeps_its_reason(stripe: StripeDouble) -> None:
    cancelled = stripe.gateway.cancel_payment(charge(stripe, "works_then_declines").id)
    assert cancelled.status == "canceled"
    assert cancelled.decline is not None
    assert cancelled.decline.decline_code == "insufficient_funds"


@pytest.mark.parametrize(("kind", "ends"), [("late_success", "succeeded"), ("late_failure", "declined")])
def test_a_payment_may_be_decided_late(stripe: StripeDouble, kind: str, ends: str) -> None:
    card = saved_card(stripe)
    payment = create(stripe, card)
    stripe.faults.add(kind, on="/confirm", seconds=3600)
    waiting = stripe.gateway.confirm_payment(payment.id, method_id=card[1], idempotency_key="confirm:2:1")
    assert waiting.status == "processing"
    stripe.clock.advance(timedelta(minutes=59))
    assert stripe.gateway.get_payment(payment.id).status == "processing"
    stripe.clock.advance(timedelta(minutes=1))
    assert stripe.gateway.get_payment(payment.id).status == ends


def test_lost_payments_are_found_by_their_marks(stripe: StripeDouble) -> None:
    card = saved_card(stripe)
    stripe.faults.add("lost_after", on="POST /v1/payment_intents", times=3)
    with pytest.raises(OutcomeUnknown):
        create(stripe, card)
    found = stripe.gateway.find_payments(charge_ref="chg_2", customer_id=card[0], created_after=NOW)
    assert [(each.status, each.metadata["attempt"]) for each in found] == [("requires_payment", "1")]
    assert stripe.gateway.find_payments(charge_ref="chg_3", customer_id=card[0], created_after=NOW) == []
    later = NOW + timedelta(seconds=1)
    assert stripe.gateway.find_payments(charge_ref="chg_2", customer_id=card[0], created_after=later) == []


def test_payments_are_found_beyond_the_first_page_of_the_list(stripe: StripeDouble) -> None:
    card = saved_card(stripe)
    for number in range(101):
        create(stripe, card, key=f"charge:2:{number}")
    found = stripe.gateway.find_payments(charge_ref="chg_2", customer_id=card[0], created_after=NOW)
    assert len({each.id for each in found}) == 101


# --- Refunds ----------------------------------------------------------------------------------------------------------
def test_r_pay_7_a_refund_goes_back_to_the_payment(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    refund_id = refund(stripe, paid.id)
    snapshot = stripe.gateway.get_refund(refund_id)
    assert (snapshot.status, snapshot.amount, snapshot.currency, snapshot.payment_id) == (
        "succeeded",
        8_400,
        "USD",
        paid.id,
    )
    assert stripe.gateway.get_payment(paid.id).refunded_amount == 8_400
    assert stripe.gateway.find_refunds(refund_ref="ref_1", payment_id=paid.id) == [snapshot]
    assert stripe.gateway.find_refunds(refund_ref="ref_2", payment_id=paid.id) == []


def test_a_second_full_refund_is_a_conflict(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    refund(stripe, paid.id)
    with pytest.raises(StateConflict) as conflict:
        refund(stripe, paid.id, key="refund:2")
    assert conflict.value.code == "charge_already_refunded"


def test_more_than_was_paid_is_never_refunded(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    with pytest.raises(RequestRejected, match="amount"):
        refund(stripe, paid.id, amount=8_401)
    assert stripe.objects("refund") == []


def test_a_refund_may_fail_late_and_gives_the_sum_back_to_the_charge(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    stripe.faults.add("late_failure", on="/v1/refunds", seconds=60)
    refund_id = refund(stripe, paid.id)
    assert stripe.gateway.get_refund(refund_id).status == "pending"
    stripe.clock.advance(timedelta(minutes=1))
    failed = stripe.gateway.get_refund(refund_id)
    assert (failed.status, failed.failure) == ("failed", "expired_or_canceled_card")
    assert stripe.gateway.get_payment(paid.id).refunded_amount == 0


def test_events_are_listed_newest_first(stripe: StripeDouble) -> None:
    page = open_page(stripe)
    stripe.pay(page.url)
    events = stripe.gateway.list_events(since=NOW)
    assert [each.type for each in reversed(events)] == [
        "customer.created",
        "payment_intent.created",
        "payment_method.attached",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert (events[0].object_id, events[0].object_type, events[0].livemode) == (page.id, "checkout.session", False)
    assert stripe.gateway.list_events(since=NOW + timedelta(seconds=1)) == []


@pytest.mark.parametrize("scenario", [name for name, each in SCENARIOS.items() if each.on_page is None])
def test_each_card_that_goes_through_on_the_page_pays(stripe: StripeDouble, scenario: str) -> None:
    assert stripe.pay(open_page(stripe).url, scenario)["status"] == "succeeded"


@pytest.mark.parametrize("scenario", [name for name, each in SCENARIOS.items() if each.on_page is not None])
def test_each_card_that_is_refused_on_the_page_takes_nothing(stripe: StripeDouble, scenario: str) -> None:
    page = open_page(stripe)
    assert stripe.pay(page.url, scenario)["amount_received"] == 0
    assert stripe.gateway.get_checkout(page.id).status == "open"
