"""Refunds: in full, buyer fee included, by the way the money came, once (R-PAY-3, R-PAY-7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from payments.enums import RefundState
from payments.errors import NotCaptured
from payments.models import Charge, Refund
from payments.selectors import group_balances
from payments.services.refunding import request_refund
from payments.services.returning import settle_refund, submit_refund
from payments.services.sweeping import sweep_events, sweep_refunds
from tests.factories.payments import NOW, make_charge, make_paid_charge
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]


@pytest.fixture
def paid(stripe: StripeDouble) -> Charge:
    return make_paid_charge(stripe)


def ask(charge: Charge) -> Refund:
    return request_refund(charge=charge, reason="The order was cancelled", now=NOW)


def balances() -> tuple[int, int, int, int]:
    """held, fee_held, refunding, refunded"""
    now = group_balances("ord_1")
    return now.held, now.fee_held, now.refunding, now.refunded


def test_r_pay_7_all_of_it_goes_back_fee_included(stripe: StripeDouble, paid: Charge) -> None:
    refund = ask(paid)
    assert (refund.amount, refund.state) == (8_400, RefundState.PENDING)
    assert balances() == (0, 0, 8_400, 0)
    submit_refund(refund_id=refund.pk)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUCCEEDED
    assert balances() == (0, 0, 0, 8_400)
    (at_stripe,) = stripe.objects("refund")
    assert at_stripe["amount"] == 8_400


def test_asking_twice_is_one_refund(stripe: StripeDouble, paid: Charge) -> None:
    assert ask(paid).pk == ask(paid).pk
    sweep_refunds()
    assert ask(paid).state == RefundState.SUCCEEDED
    assert len(stripe.objects("refund")) == 1


def test_r_pay_7_the_database_refuses_to_return_more_than_was_captured(paid: Charge) -> None:
    refund = ask(paid)
    copy = Refund.objects.get(pk=refund.pk)
    copy.pk, copy.public_id, copy.idempotency_key = None, "rfd_copy", "other"
    copy._state.adding = True
    with pytest.raises(IntegrityError, match="more would go back than was captured"), transaction.atomic():
        copy.save(force_insert=True)


def test_what_was_not_paid_is_not_refunded() -> None:
    with pytest.raises(NotCaptured):
        ask(make_charge())


@pytest.mark.parametrize(
    ("kind", "times"),
    [("lost_before", 3), ("lost_after", 3), ("truncated", 1), ("html", 1), ("rate_limited", 1), ("in_use", 3)],
)
def test_no_answer_is_unknown_and_never_a_second_refund(
    stripe: StripeDouble, paid: Charge, time_passes: Pass, kind: str, times: int
) -> None:
    refund = ask(paid)
    stripe.faults.add(kind, on="/v1/refunds", times=times)
    submit_refund(refund_id=refund.pk)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.UNKNOWN
    assert balances() == (0, 0, 8_400, 0)
    time_passes(timedelta(minutes=2))
    sweep_refunds()
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUCCEEDED
    assert len(stripe.objects("refund")) == 1
    assert balances() == (0, 0, 0, 8_400)


@pytest.mark.parametrize("point", ["refund:leased", "refund:sent", "refund:settled"])
@pytest.mark.parametrize("down", [timedelta(minutes=4), timedelta(hours=25)])
def test_a_worker_killed_at_any_step_is_healed_by_the_sweep(
    stripe: StripeDouble, paid: Charge, kill_at: Callable[[str], None], time_passes: Pass, point: str, down: timedelta
) -> None:
    """Also when everything stays down until Stripe has forgotten the key."""
    refund = ask(paid)
    kill_at(point)
    with pytest.raises(Killed):
        submit_refund(refund_id=refund.pk)
    for _ in range(2):
        time_passes(down)
        sweep_refunds()
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUCCEEDED
    assert len(stripe.objects("refund")) == 1
    assert balances() == (0, 0, 0, 8_400)


def test_a_part_is_not_sent_under_a_new_key_before_the_list_can_be_believed(
    stripe: StripeDouble, paid: Charge, time_passes: Pass
) -> None:
    """A whole payment can't go back twice; a part of it could."""
    refund = request_refund(charge=paid, amount=4_200, reason="A part", now=NOW)
    for wait in (timedelta(0), timedelta(hours=19, minutes=58)):
        time_passes(wait)
        stripe.faults.add("lost_before", on="/v1/refunds", times=3)
        submit_refund(refund_id=refund.pk)
    asked = len(stripe.adapter.exchanges)
    time_passes(timedelta(minutes=14))
    sweep_refunds()
    assert len(stripe.adapter.exchanges) == asked
    time_passes(timedelta(minutes=2))
    sweep_refunds()
    assert Refund.objects.get(pk=refund.pk).state == RefundState.UNKNOWN  # looked up, not sent
    time_passes(timedelta(minutes=20))
    sweep_refunds()
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUCCEEDED
    assert [each["amount"] for each in stripe.objects("refund")] == [4_200]


def test_r_pay_3_an_error_that_stripe_keeps_under_the_key_holds_a_refund_up_for_minutes_not_for_a_day(
    stripe: StripeDouble, paid: Charge, time_passes: Pass
) -> None:
    """Stripe answers a key with the 500 that it once gave: after three replays the list is asked, then a new key."""
    refund = request_refund(charge=paid, amount=4_200, reason="A part", now=NOW)
    stripe.faults.add("error_before", on="POST /v1/refunds")
    submit_refund(refund_id=refund.pk)
    keys = []
    for _ in range(5):
        keys.append(Refund.objects.get(pk=refund.pk).idempotency_key)
        time_passes(timedelta(minutes=16))
        sweep_refunds()
    assert keys == [refund.idempotency_key] * 4 + [f"refund:{refund.public_id}:5"]
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUCCEEDED
    assert [each["amount"] for each in stripe.objects("refund")] == [4_200]


def test_r_pay_3_what_such_an_error_hid_is_found_and_not_sent_again(
    stripe: StripeDouble, paid: Charge, time_passes: Pass
) -> None:
    refund = request_refund(charge=paid, amount=4_200, reason="A part", now=NOW)
    stripe.faults.add("error_after", on="POST /v1/refunds")
    submit_refund(refund_id=refund.pk)
    for _ in range(5):
        time_passes(timedelta(minutes=16))
        sweep_refunds()
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUCCEEDED
    assert [each["amount"] for each in stripe.objects("refund")] == [4_200]


def test_a_lease_keeps_a_second_worker_away(stripe: StripeDouble, paid: Charge, kill_at: Callable[[str], None]) -> None:
    refund = ask(paid)
    kill_at("refund:leased")
    with pytest.raises(Killed):
        submit_refund(refund_id=refund.pk)
    submit_refund(refund_id=refund.pk)
    assert sweep_refunds() == 0
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUBMITTING
    assert stripe.objects("refund") == []


@pytest.mark.parametrize(("kind", "state"), [("late_success", "succeeded"), ("late_failure", "failed")])
def test_a_slow_bank_is_asked_again(
    stripe: StripeDouble, paid: Charge, time_passes: Pass, kind: str, state: str
) -> None:
    refund = ask(paid)
    stripe.faults.add(kind, on="/v1/refunds", seconds=600)
    submit_refund(refund_id=refund.pk)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.PROCESSING
    assert balances() == (0, 0, 8_400, 0)
    time_passes(timedelta(minutes=15))
    sweep_refunds()
    assert Refund.objects.get(pk=refund.pk).state == state
    assert balances() == ((0, 0, 0, 8_400) if state == "succeeded" else (8_000, 400, 0, 0))


def test_a_failed_refund_puts_the_money_back_and_can_be_asked_for_again(
    stripe: StripeDouble, paid: Charge, time_passes: Pass
) -> None:
    stripe.faults.add("late_failure", on="/v1/refunds", seconds=1)
    first = ask(paid)
    submit_refund(refund_id=first.pk)
    time_passes(timedelta(minutes=5))
    sweep_refunds()
    assert balances() == (8_000, 400, 0, 0)
    second = ask(paid)
    assert second.idempotency_key != first.idempotency_key
    submit_refund(refund_id=second.pk)
    assert balances() == (0, 0, 0, 8_400)


def test_a_refund_that_the_bank_returns_days_later_is_held_again(stripe: StripeDouble, paid: Charge) -> None:
    refund = ask(paid)
    submit_refund(refund_id=refund.pk)
    done = stripe.gateway.get_refund(Refund.objects.get(pk=refund.pk).provider_id or "")
    for _ in range(2):
        settle_refund(refund_id=refund.pk, snapshot=replace(done, status="failed", failure="expired_card"))
    assert Refund.objects.get(pk=refund.pk).failure == "expired_card"
    assert balances() == (8_000, 400, 0, 0)


def test_the_webhook_alone_completes_a_refund(
    stripe: StripeDouble, paid: Charge, kill_at: Callable[[str], None], time_passes: Pass
) -> None:
    refund = ask(paid)
    kill_at("refund:sent")
    with pytest.raises(Killed):
        submit_refund(refund_id=refund.pk)
    stripe.deliver_webhooks()
    sweep_events()
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUCCEEDED


@pytest.mark.parametrize("change", [{"amount": 8_399}, {"currency": "EUR"}, {"payment_id": "pi_x"}, {"metadata": {}}])
def test_a_refund_that_differs_from_ours_is_held_back(
    stripe: StripeDouble, paid: Charge, kill_at: Callable[[str], None], change: dict[str, object]
) -> None:
    refund = ask(paid)
    kill_at("refund:sent")
    with pytest.raises(Killed):
        submit_refund(refund_id=refund.pk)
    (at_stripe,) = stripe.objects("refund")
    snapshot = replace(stripe.gateway.get_refund(at_stripe["id"]), **change)  # type: ignore[arg-type]
    settle_refund(refund_id=refund.pk, snapshot=snapshot)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.QUARANTINED
    assert balances() == (0, 0, 8_400, 0)


def test_a_sweep_run_twice_finds_nothing_the_second_time(stripe: StripeDouble, paid: Charge) -> None:
    ask(paid)
    assert sweep_refunds() == 1
    assert sweep_refunds() == 0
    assert balances() == (0, 0, 0, 8_400)
