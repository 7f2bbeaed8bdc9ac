"""The hosted page: one at a time, opened again when it has closed, and never two payments kept (R-PAY-3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from payments import crash_points
from payments.enums import AttemptMode, AttemptState, ChargeState, RefundState
from payments.errors import AlreadyPaid, ChargeEnded, ChargeInFlight, PageUnavailable
from payments.models import Charge, ChargeAttempt, ProviderCustomer, Refund, SavedMethod
from payments.selectors import group_balances
from payments.services.charging import refresh_charge, retry_charge, start_checkout, withdraw_charge
from payments.services.sweeping import sweep_charges, sweep_events, sweep_refunds, sweep_withdrawals
from payments.services.withdrawing import carry_out_withdrawal
from payments.signals import ChargeResult
from tests.factories.payments import (
    NOW,
    last_attempt,
    make_charge,
    make_paid_charge,
    make_saved_method,
    open_page,
    pay_charge,
    submit,
)
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]


def test_the_page_asks_for_price_and_fee(stripe: StripeDouble) -> None:
    open_page(make_charge())
    (session,) = stripe.objects("checkout.session")
    assert (session["amount_total"], session["currency"]) == (8_400, "usd")


def test_a_second_click_gets_the_same_page(stripe: StripeDouble) -> None:
    charge = make_charge()
    assert open_page(charge) == open_page(charge)
    assert len(stripe.objects("checkout.session")) == 1


def test_one_customer_per_person(stripe: StripeDouble, buyer: User) -> None:
    open_page(make_charge(payer=buyer))
    open_page(make_charge(payer=buyer))
    assert len(stripe.objects("customer")) == ProviderCustomer.objects.filter(user=buyer).count() == 1


def test_a_customer_that_was_deleted_at_stripe_is_made_anew(stripe: StripeDouble, buyer: User) -> None:
    old = make_saved_method(stripe, buyer)
    lost = ProviderCustomer.objects.get(user=buyer).stripe_id
    stripe.delete_customer(lost)
    charge = make_charge(payer=buyer)
    stripe.pay(open_page(charge))
    paid = refresh_charge(charge=charge, now=NOW)
    assert paid.state == ChargeState.SUCCEEDED
    assert [attempt.state for attempt in charge.attempts.order_by("number")] == ["closed", "succeeded"]
    (customer,) = stripe.objects("customer")
    assert ProviderCustomer.objects.get(user=buyer).stripe_id == customer["id"] != lost
    kept = dict(SavedMethod.objects.filter(user=buyer).values_list("stripe_id", "state"))
    assert paid.method is not None
    assert kept == {old.stripe_id: "detached", paid.method.stripe_id: "active"}


def test_a_customer_that_was_deleted_after_the_request_was_frozen_is_left_with_its_key(
    stripe: StripeDouble, kill_at: Callable[[str], None]
) -> None:
    """The key of the attempt, and that of its customer, would bring the same answer for a day."""
    charge = make_charge()
    kill_at("checkout:sending")
    with pytest.raises(Killed):
        open_page(charge)
    stripe.delete_customer(ProviderCustomer.objects.get(user=charge.payer).stripe_id)
    stripe.pay(open_page(charge))
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.SUCCEEDED
    assert group_balances("ord_1").captured == 8_400


def test_a_customer_that_another_request_made_anew_is_kept(stripe: StripeDouble, buyer: User) -> None:
    """Two charges had frozen the customer that was deleted; the second finds the one that the first made."""
    charges = [make_charge(payer=buyer) for _ in range(2)]
    for charge in charges:
        stripe.faults.add("lost_before", on="/checkout/sessions", times=3)
        with pytest.raises(PageUnavailable):
            open_page(charge)
    stripe.delete_customer(ProviderCustomer.objects.get(user=buyer).stripe_id)
    paid = [pay_charge(stripe, charge) for charge in charges]
    assert [charge.state for charge in paid] == [ChargeState.SUCCEEDED] * 2
    assert len(stripe.objects("customer")) == 1
    assert SavedMethod.objects.filter(user=buyer, state="active").count() == 2


@pytest.mark.parametrize("kind", ["lost_before", "lost_after", "truncated", "html", "in_use", "rate_limited"])
def test_a_lost_reply_leaves_one_page_and_trying_again_is_safe(stripe: StripeDouble, kind: str) -> None:
    charge = make_charge()
    stripe.faults.add(kind, on="/checkout/sessions", times=3)
    with pytest.raises(PageUnavailable):
        open_page(charge)
    stripe.faults.clear()
    stripe.pay(open_page(charge))
    assert len(stripe.objects("checkout.session")) == 1
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.SUCCEEDED


@pytest.mark.parametrize("kind", ["error_before", "error_after"])
@pytest.mark.parametrize("request_to", ["/v1/customers", "/checkout/sessions"])
def test_a_500_that_stripe_remembers_is_left_behind_with_its_key(
    stripe: StripeDouble, request_to: str, kind: str
) -> None:
    """Whatever was asked for on the way to a page: the payer is turned away twice, not for a day."""
    charge = make_charge()
    stripe.faults.add(kind, on=request_to)
    for _ in range(2):
        with pytest.raises(PageUnavailable):
            open_page(charge)
    stripe.pay(open_page(charge))
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.SUCCEEDED


def test_a_closed_page_makes_room_for_another(stripe: StripeDouble, time_passes: Pass) -> None:
    charge = make_charge()
    first = open_page(charge)
    time_passes(timedelta(hours=1, minutes=1))
    second = open_page(charge)
    assert first != second
    states = list(ChargeAttempt.objects.filter(charge=charge).values_list("state", flat=True))
    assert states == [AttemptState.CLOSED, AttemptState.LIVE]


@pytest.mark.parametrize("minutes", [6, 70])
def test_a_page_whose_payment_failed_after_it_was_completed_makes_room_for_another(
    stripe: StripeDouble, time_passes: Pass, minutes: int
) -> None:
    """Also within the hour in which the first page would have been open."""
    charge = make_charge()
    stripe.faults.add("late_failure", on="/c/", seconds=300)
    first = open_page(charge)
    stripe.pay(first)
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.PROCESSING
    time_passes(timedelta(minutes=minutes))
    second = open_page(charge)
    assert second != first
    stripe.pay(second)
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.SUCCEEDED
    assert [attempt.state for attempt in charge.attempts.order_by("number")] == ["closed", "succeeded"]


def test_a_page_about_to_close_is_not_handed_out(stripe: StripeDouble, time_passes: Pass) -> None:
    charge = make_charge()
    first = open_page(charge)
    time_passes(timedelta(minutes=58))
    second = open_page(charge)
    assert first != second
    assert [session["status"] for session in stripe.objects("checkout.session")] == ["expired", "open"]


def test_a_decline_on_the_page_is_no_news_the_payer_tries_again(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    charge = pay_charge(stripe, make_charge(), "declines")
    assert charge.state == ChargeState.AWAITING_PAYER
    assert told == []
    stripe.pay(open_page(charge))
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.SUCCEEDED


def test_coming_back_without_paying_changes_nothing(stripe: StripeDouble) -> None:
    charge = make_charge()
    open_page(charge)
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.AWAITING_PAYER
    assert group_balances("ord_1").captured == 0


def test_a_refresh_that_cannot_reach_stripe_changes_nothing(stripe: StripeDouble) -> None:
    charge = make_charge()
    stripe.pay(open_page(charge))
    stripe.faults.add("bad_gateway", on="/checkout/sessions", times=3)
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.AWAITING_PAYER
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.SUCCEEDED


def test_who_paid_and_closed_the_tab_is_found_by_the_sweep(stripe: StripeDouble, time_passes: Pass) -> None:
    charge = make_charge()
    stripe.pay(open_page(charge))
    time_passes(timedelta(minutes=3))
    assert sweep_charges() == 1
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
    assert sweep_charges() == 0


@pytest.mark.parametrize("scenario", ["works_then_declines", "works_then_authenticates"])
def test_r_pay_2_a_refused_card_leads_to_the_page_after_its_payment_is_cancelled(
    stripe: StripeDouble, buyer: User, scenario: str
) -> None:
    charge = submit(make_charge(payer=buyer, method=make_saved_method(stripe, buyer, scenario)))
    old = last_attempt(charge)
    url = open_page(charge)
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.AWAITING_PAYER
    cancelled = next(each for each in stripe.objects("payment_intent") if each["id"] == old.payment_id)
    assert cancelled["status"] == "canceled"
    stripe.pay(url)
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.SUCCEEDED
    assert group_balances("ord_1").captured == 8_400


def test_no_page_opens_while_the_old_payment_may_still_succeed(stripe: StripeDouble, buyer: User) -> None:
    charge = submit(make_charge(payer=buyer, method=make_saved_method(stripe, buyer, "works_then_declines")))
    stripe.faults.add("lost_before", on="/cancel", times=3)
    with pytest.raises(PageUnavailable):
        open_page(charge)
    assert [each.state for each in ChargeAttempt.objects.filter(charge=charge)] == ["live", "queued"]
    assert open_page(charge)


def test_a_paid_charge_gets_no_page(stripe: StripeDouble) -> None:
    with pytest.raises(AlreadyPaid):
        open_page(make_paid_charge(stripe))


def test_a_page_paid_without_our_knowing_is_settled_instead_of_reopened(stripe: StripeDouble) -> None:
    charge = make_charge()
    stripe.pay(open_page(charge))
    with pytest.raises(AlreadyPaid):
        open_page(charge)
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED


def test_a_withdrawn_charge_gets_no_page(stripe: StripeDouble) -> None:
    charge = make_charge()
    withdraw_charge(charge=charge, now=NOW)
    with pytest.raises(ChargeEnded):
        open_page(charge)


def test_a_charge_that_a_worker_has_gets_no_page(stripe: StripeDouble, buyer: User) -> None:
    charge = make_charge(payer=buyer, method=make_saved_method(stripe, buyer))
    with pytest.raises(ChargeInFlight):
        open_page(charge)


@pytest.mark.parametrize("point", ["checkout:sending", "checkout:opened"])
def test_a_request_that_died_is_taken_up_by_the_next_click(
    stripe: StripeDouble, kill_at: Callable[[str], None], point: str
) -> None:
    charge = make_charge()
    kill_at(point)
    with pytest.raises(Killed):
        open_page(charge)
    stripe.pay(open_page(charge))
    assert len(stripe.objects("checkout.session")) == 1
    assert refresh_charge(charge=charge, now=NOW).state == ChargeState.SUCCEEDED


def test_a_page_that_opens_after_the_withdrawal_is_closed_and_nobody_gets_its_address(stripe: StripeDouble) -> None:
    charge = make_charge()

    def withdraw_meanwhile(point: str) -> None:
        if point == "checkout:opened":
            crash_points.arm(None)
            withdraw_charge(charge=charge, now=NOW)
            carry_out_withdrawal(charge_id=charge.pk)

    crash_points.arm(withdraw_meanwhile)
    with pytest.raises(ChargeEnded):
        open_page(charge)
    assert [session["status"] for session in stripe.objects("checkout.session")] == ["expired"]
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.WITHDRAWN


def test_the_return_address_is_frozen_with_the_first_click(
    stripe: StripeDouble, kill_at: Callable[[str], None]
) -> None:
    charge = make_charge()
    kill_at("checkout:opened")
    with pytest.raises(Killed):
        open_page(charge)
    elsewhere = {"success_url": "https://milepost.example/b", "cancel_url": "https://milepost.example/c"}
    assert start_checkout(charge=charge, now=NOW, **elsewhere)
    (session,) = stripe.objects("checkout.session")
    assert session["success_url"] == "https://milepost.example/back"


def test_r_pay_3_two_pages_both_paid_keeps_one_and_returns_the_other_by_itself(
    stripe: StripeDouble, told: list[ChargeResult]
) -> None:
    charge = make_charge()
    first = open_page(charge)
    ChargeAttempt.objects.filter(charge=charge).update(state=AttemptState.CLOSED)  # as if we had lost it
    second = open_page(charge)
    stripe.pay(first)
    stripe.pay(second)
    stripe.deliver_webhooks()
    sweep_events()
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
    balances = group_balances("ord_1")
    assert (balances.captured, balances.held, balances.surplus, balances.refunding) == (16_800, 8_000, 0, 8_400)
    sweep_refunds()
    refund = Refund.objects.get(charge=charge)
    assert (refund.state, refund.kind, refund.amount) == (RefundState.SUCCEEDED, "surplus", 8_400)
    balances = group_balances("ord_1")
    assert (balances.captured, balances.held, balances.fee_held, balances.refunded) == (16_800, 8_000, 400, 8_400)
    assert [result.outcome for result in told] == ["succeeded"]


def test_the_page_left_over_by_another_success_is_closed(stripe: StripeDouble, time_passes: Pass) -> None:
    charge = make_charge()
    first = open_page(charge)
    ChargeAttempt.objects.filter(charge=charge).update(state=AttemptState.CLOSED)
    open_page(charge)
    stripe.pay(first)
    stripe.deliver_webhooks()
    sweep_events()
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
    sweep_withdrawals()
    assert [session["status"] for session in stripe.objects("checkout.session")] == ["complete", "expired"]
    assert sweep_withdrawals() == 0


def test_a_retry_that_overtakes_an_opening_page_leaves_no_page_open(
    stripe: StripeDouble, buyer: User, kill_at: Callable[[str], None]
) -> None:
    charge = submit(make_charge(payer=buyer, method=make_saved_method(stripe, buyer, "works_then_declines")))
    kill_at("checkout:opened")
    with pytest.raises(Killed):
        open_page(charge)
    retry_charge(charge=charge, now=NOW)
    with pytest.raises(ChargeInFlight):
        open_page(charge)
    page = ChargeAttempt.objects.get(charge=charge, mode=AttemptMode.CHECKOUT)
    assert (page.state, page.checkout_id) == (AttemptState.CLOSED, None)
