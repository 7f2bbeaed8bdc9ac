"""Support closes a seller's account while orders run: nothing more is charged, and there is a way out (R-PAY-3)."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from marketplace.kernel import clock
from orders.enums import CancelReason, Role
from orders.errors import NothingToPay, SellerLeft
from orders.models import Order
from orders.rows import Guard, MoneyEffect
from orders.selectors import actions
from orders.services import deciding, ending, funding, lapsing, reminding
from orders.services.door import explain_refusal, read_facts
from orders.transitions import PROCESS
from payments.models import Charge, ChargeAttempt
from tests.factories import order_states
from tests.factories.accounts import make_agent
from tests.factories.orders import again
from tests.payments.simulator_fixtures import StripeDouble

CHARGES = {
    "accept_and_continue", "accept_month", "cancel_milestone", "charge_month", "charge_saved_card", "pay_again",
    "retry_payment",
}  # fmt: skip
STATES = [
    order_states.unpaid, order_states.questions, order_states.at_work, order_states.delivered,
    order_states.delivered_last, order_states.in_revision, order_states.payment_failed, order_states.action_required,
    order_states.consent_wanted, order_states.between_months, order_states.month_delivered, order_states.month_refused,
]  # fmt: skip


def close_account(order: Order) -> Order:
    User.objects.filter(pk=order.seller_id).update(is_active=False)
    return again(order)


def test_every_step_that_charges_anew_needs_a_seller_and_no_other() -> None:
    assert {row.name for row in PROCESS if Guard.SELLER_HERE in row.guards} == CHARGES
    charging = {row.name for row in PROCESS if {MoneyEffect.CHARGE, MoneyEffect.RETRY} & set(row.money)}
    assert charging <= CHARGES


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_r_pay_3_nothing_is_charged_and_there_is_a_way_out(
    stripe: StripeDouble, buyer: User, seller: User, client: Client, state: order_states.Builder
) -> None:
    order = state(stripe, buyer, seller)
    before = {row.name for role in Role for row in PROCESS.allowed(read_facts(order, clock.now()).standing, role)}
    order = close_account(order)
    facts = read_facts(order, clock.now())
    for row in PROCESS:
        if row.name in CHARGES & before:
            assert isinstance(explain_refusal(facts, row.name, next(iter(row.actors))), SellerLeft), row.name
    assert not CHARGES & {name for role in Role for name in actions(facts, role)}
    counted = ChargeAttempt.objects.count()
    with pytest.raises((SellerLeft, NothingToPay)):
        funding.prepare_payment(order=order, actor=buyer)
    for sweep in (lapsing.retry_payments, lapsing.charge_months, reminding.remind_payments):
        assert sweep(now=clock.now() + timedelta(days=40)) == 0
    assert ChargeAttempt.objects.count() == counted
    client.force_login(buyer)
    page = client.get(reverse("orders:order", args=[order.public_id])).content.decode()
    assert "Selma’s account has been closed" in page
    assert "Nothing more is charged to you." in page
    assert reverse("orders:pay", args=[order.public_id]) not in page


def test_r_ord_6_a_delivery_can_be_accepted_and_the_next_one_not_begun(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = close_account(order_states.delivered(stripe, buyer, seller))
    following = order.milestones.select_related("planned").get(position=2)
    following.order = order
    with pytest.raises(SellerLeft, match="Selma’s account has been closed, so nothing more is charged"):
        deciding.accept_and_continue(order=order, actor=buyer, shown_to_pay=following.to_pay.amount)
    assert Charge.objects.count() == 1
    deciding.accept_and_stop(order=again(order), actor=buyer)
    assert (again(order).state, Charge.objects.count()) == ("completed", 1)


def test_r_sup_2_support_cancels_and_can_not_go_on(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = close_account(order_states.at_work(stripe, buyer, seller))
    cancel = partial(
        ending.cancel, order=order, actor=make_agent("Agnes"), reason=CancelReason.BOTH_AGREE, note="She is gone."
    )
    with pytest.raises(SellerLeft):
        cancel(continue_after=True)
    cancel(continue_after=False)
    assert again(order).state == "cancelled"
