"""Refunds made in Stripe's own dashboard: found, booked once, in the same parts as ours (R-PAY-7); and what Stripe
refuses of ours.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from payments.enums import DisputeState, EventState, RefundKind, RefundOrigin, RefundState
from payments.errors import ChargeDisputed, RefundDiffers
from payments.models import Charge, Dispute, Refund, WebhookEvent
from payments.services.adopting import adopt_refunds
from payments.services.receiving import fetch_events
from payments.services.refunding import request_refund
from payments.services.returning import resolve_refund, settle_refund, submit_refund
from payments.services.sweeping import sweep_events, sweep_refunds
from tests.factories.payments import NOW, last_attempt, make_charge, make_paid_charge, open_page
from tests.payments.simulator_fixtures import StripeDouble
from tests.payments.test_partial_refunds import AFTER_HALF, STAGES, WHOLE, advance, ask, balances

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]


@pytest.fixture
def paid(stripe: StripeDouble) -> Charge:
    return make_paid_charge(stripe)


def payment_of(charge: Charge) -> str:
    return last_attempt(charge).payment_id or ""


def hear(stripe: StripeDouble) -> None:
    stripe.deliver_webhooks()
    sweep_events()


@pytest.mark.parametrize("stage", STAGES)
def test_r_pay_7_a_refund_made_in_the_dashboard_is_booked_once(
    stripe: StripeDouble, paid: Charge, stage: RefundKind
) -> None:
    advance(paid, stage)
    made = stripe.refund_in_dashboard(payment_of(paid), 4_200)
    hear(stripe)
    for _ in range(2):
        assert adopt_refunds(attempt_id=last_attempt(paid).pk)
    refund = Refund.objects.get()
    assert (refund.provider_id, refund.origin, refund.kind) == (made["id"], RefundOrigin.PROVIDER, stage)
    assert (refund.state, refund.amount, refund.fee_part) == (RefundState.SUCCEEDED, 4_200, 200)
    assert balances() == {"captured": 8_400, "refunded": 4_200, **AFTER_HALF[stage]}
    assert {each.state for each in WebhookEvent.objects.filter(type__contains="refund")} == {EventState.DONE}


def test_a_dashboard_refund_that_no_webhook_told_of_is_found_in_the_hourly_list(
    stripe: StripeDouble, paid: Charge
) -> None:
    stripe.refund_in_dashboard(payment_of(paid), 1)
    fetch_events()
    sweep_events()
    assert balances() == {"captured": 8_400, "refunded": 1, "held": 7_999, "fee_held": 400}


def test_the_charge_refunded_event_alone_is_enough(stripe: StripeDouble, paid: Charge) -> None:
    stripe.refund_in_dashboard(payment_of(paid), 4_200)
    stripe.deliver_webhooks()
    WebhookEvent.objects.exclude(type="charge.refunded").delete()
    sweep_events()
    assert balances() == {"captured": 8_400, "refunded": 4_200, **AFTER_HALF[RefundKind.HELD]}


def test_a_pending_one_is_booked_as_under_way_and_then_done(
    stripe: StripeDouble, paid: Charge, time_passes: Pass
) -> None:
    stripe.faults.add("late_success", on="/refund", seconds=600)
    stripe.refund_in_dashboard(payment_of(paid), 4_200)
    hear(stripe)
    assert balances() == {"captured": 8_400, "refunding": 4_200, **AFTER_HALF[RefundKind.HELD]}
    time_passes(timedelta(minutes=15))
    sweep_refunds()
    assert balances() == {"captured": 8_400, "refunded": 4_200, **AFTER_HALF[RefundKind.HELD]}


def test_one_that_the_bank_returns_is_held_again(stripe: StripeDouble, paid: Charge) -> None:
    made = stripe.refund_in_dashboard(payment_of(paid))
    hear(stripe)
    stripe.fail_refund(made["id"])
    hear(stripe)
    assert balances() == {"captured": 8_400, **WHOLE[RefundKind.HELD]}
    assert Refund.objects.get().state == RefundState.FAILED


def test_one_that_failed_before_we_heard_of_it_is_nothing(stripe: StripeDouble, paid: Charge) -> None:
    stripe.fail_refund(stripe.refund_in_dashboard(payment_of(paid))["id"])
    hear(stripe)
    assert not Refund.objects.exists()
    assert balances() == {"captured": 8_400, **WHOLE[RefundKind.HELD]}


def test_one_of_a_payment_that_we_have_not_settled_yet_waits_for_it(stripe: StripeDouble, time_passes: Pass) -> None:
    charge = make_charge()
    intent = stripe.pay(open_page(charge))
    stripe.refund_in_dashboard(intent["id"], 4_200)
    stripe.deliver_webhooks()
    WebhookEvent.objects.exclude(type__contains="refund").update(state=EventState.IGNORED)
    sweep_events()
    assert not Refund.objects.exists()
    WebhookEvent.objects.exclude(type__contains="refund").update(state=EventState.RECEIVED)
    sweep_events()
    time_passes(timedelta(minutes=5))
    sweep_events()
    assert balances() == {"captured": 8_400, "refunded": 4_200, **AFTER_HALF[RefundKind.HELD]}


def test_r_pay_7_when_the_dashboard_was_quicker_ours_fails_and_theirs_takes_its_place(
    stripe: StripeDouble, paid: Charge, time_passes: Pass
) -> None:
    ours = ask(paid)
    stripe.refund_in_dashboard(payment_of(paid), 5_000)
    hear(stripe)
    assert Refund.objects.count() == 1  # theirs waits: there is no room for both
    submit_refund(refund_id=ours.pk)
    ours.refresh_from_db()
    assert (ours.state, ours.failure) == (RefundState.FAILED, "It had been refunded at Stripe already")
    time_passes(timedelta(minutes=5))
    sweep_events()
    assert balances()["refunded"] == 5_000
    assert sum(each["amount"] for each in stripe.objects("refund")) == 5_000
    rest = ask(paid)
    submit_refund(refund_id=rest.pk)
    assert balances() == {"captured": 8_400, "refunded": 8_400}


def test_theirs_is_found_though_it_waited_for_ours_longer_than_news_are_kept(
    stripe: StripeDouble, paid: Charge, time_passes: Pass
) -> None:
    """Without the task that is sent at once: a broker that loses everything only delays."""
    ours = ask(paid)
    stripe.refund_in_dashboard(payment_of(paid), 5_000)
    hear(stripe)
    time_passes(timedelta(days=4))
    sweep_events()
    assert not WebhookEvent.objects.filter(state=EventState.ORPHAN).exists()
    submit_refund(refund_id=ours.pk)
    sweep_events()
    assert balances()["refunded"] == 5_000


def test_r_pay_7_while_the_bank_has_taken_the_payment_back_a_refund_is_refused(
    stripe: StripeDouble, paid: Charge
) -> None:
    stripe.dispute(payment_of(paid))
    hear(stripe)
    with pytest.raises(ChargeDisputed):
        ask(paid, 1_000)
    assert not Refund.objects.exists()


def test_r_pay_7_a_chargeback_that_stripe_knows_first_fails_the_refund(stripe: StripeDouble, paid: Charge) -> None:
    refund = ask(paid, 4_200)
    stripe.dispute(payment_of(paid))
    submit_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert (refund.state, refund.failure) == (RefundState.FAILED, "The buyer’s bank has taken the payment back")
    money = balances()
    assert (money["held"], money["fee_held"], "refunding" in money) == (8_000, 400, False)


def test_an_inquiry_is_no_hindrance(stripe: StripeDouble, paid: Charge) -> None:
    stripe.dispute(payment_of(paid), inquiry=True)
    hear(stripe)
    submit_refund(refund_id=ask(paid).pk)
    assert balances() == {"captured": 8_400, "refunded": 8_400}


@pytest.mark.parametrize("part", [4_200, 8_400])
def test_r_pay_7_one_made_before_a_chargeback_was_lost_is_booked_though_we_hear_of_the_loss_first(
    stripe: StripeDouble, paid: Charge, part: int
) -> None:
    stripe.refund_in_dashboard(payment_of(paid), part)
    stripe.close_dispute(stripe.dispute(payment_of(paid))["id"], won=False)
    stripe.deliver_webhooks()
    refunds = WebhookEvent.objects.filter(type__contains="refund")
    refunds.update(state=EventState.IGNORED)
    sweep_events()
    refunds.update(state=EventState.RECEIVED)
    sweep_events()
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    lost = {"lost": 8_400 - part} if part < 8_400 else {}
    assert balances() == {"captured": 8_400, "refunded": part, **lost}
    assert set(WebhookEvent.objects.values_list("state", flat=True)) <= {EventState.DONE, EventState.IGNORED}


def test_r_pay_7_a_loss_waits_while_a_dashboard_refund_waits_for_ours(
    stripe: StripeDouble, paid: Charge, time_passes: Pass
) -> None:
    ours = ask(paid, 5_000)
    stripe.refund_in_dashboard(payment_of(paid), 5_000)
    stripe.close_dispute(stripe.dispute(payment_of(paid))["id"], won=False)
    hear(stripe)
    assert (Dispute.objects.get().state, balances()["disputed"]) == (DisputeState.NEEDS_RESPONSE, 8_400)
    submit_refund(refund_id=ours.pk)
    time_passes(timedelta(minutes=5))
    for _ in range(2):
        sweep_events()
        time_passes(timedelta(minutes=5))
    assert Dispute.objects.get().state == DisputeState.LOST
    assert balances() == {"captured": 8_400, "refunded": 5_000, "lost": 3_400}


@pytest.mark.parametrize("change", [{"amount": 4_199}, {"currency": "EUR"}, {"payment_id": "pi_x"}])
def test_one_that_changes_afterwards_is_held_back(
    stripe: StripeDouble, paid: Charge, change: dict[str, object]
) -> None:
    stripe.faults.add("late_success", on="/refund", seconds=600)
    made = stripe.refund_in_dashboard(payment_of(paid), 4_200)
    hear(stripe)
    refund = Refund.objects.get()
    settle_refund(refund_id=refund.pk, snapshot=replace(stripe.gateway.get_refund(made["id"]), **change))  # type: ignore[arg-type]
    refund.refresh_from_db()
    assert refund.state == RefundState.QUARANTINED


def test_other_refusals_are_held_back_for_support(stripe: StripeDouble, paid: Charge) -> None:
    refund = request_refund(charge=paid, amount=4_200, reason="Once", now=NOW)
    Refund.objects.filter(pk=refund.pk).update(idempotency_key="refund:other")
    stripe.gateway.refund(refund_ref="rfd_other", payment_id=payment_of(paid), amount=1, idempotency_key="refund:other")
    submit_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.state == RefundState.QUARANTINED
    assert refund.failure.startswith("KeyMisuse")


def test_r_sup_4_one_held_back_that_stripe_knows_nothing_of_has_failed(stripe: StripeDouble, paid: Charge) -> None:
    refund = ask(paid, 4_200)
    Refund.objects.filter(pk=refund.pk).update(idempotency_key="refund:other")
    stripe.gateway.refund(refund_ref="rfd_other", payment_id=payment_of(paid), amount=1, idempotency_key="refund:other")
    submit_refund(refund_id=refund.pk)
    assert resolve_refund(refund_id=refund.pk).state == RefundState.FAILED
    adopt_refunds(attempt_id=last_attempt(paid).pk)
    assert balances() == {"captured": 8_400, "refunded": 1, "held": 7_999, "fee_held": 400}


def test_r_sup_4_one_held_back_is_settled_as_stripe_says(stripe: StripeDouble, paid: Charge) -> None:
    refund = ask(paid, 1_000)
    made = stripe.gateway.refund(
        refund_ref=refund.public_id, payment_id=payment_of(paid), amount=1_000, idempotency_key="lost"
    )
    stripe.faults.add("lost_before", on="/v1/refunds", times=3)
    submit_refund(refund_id=refund.pk)
    settle_refund(refund_id=refund.pk, snapshot=replace(made, amount=999))
    assert Refund.objects.get(pk=refund.pk).state == RefundState.QUARANTINED
    assert resolve_refund(refund_id=refund.pk).state == RefundState.SUCCEEDED
    assert balances()["refunded"] == 1_000


def test_r_sup_4_one_that_differs_at_stripe_stays_held_back(stripe: StripeDouble, paid: Charge) -> None:
    refund = ask(paid, 1_000)
    made = stripe.gateway.refund(
        refund_ref=refund.public_id, payment_id=payment_of(paid), amount=999, idempotency_key="odd"
    )
    stripe.faults.add("lost_before", on="/v1/refunds", times=3)
    submit_refund(refund_id=refund.pk)
    settle_refund(refund_id=refund.pk, snapshot=made)
    with pytest.raises(RefundDiffers, match="amount"):
        resolve_refund(refund_id=refund.pk)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.QUARANTINED
