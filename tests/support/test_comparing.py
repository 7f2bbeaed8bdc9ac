"""Asking Stripe what became of a charge: settled by the same code as a webhook, and on record (R-SUP-4)."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.models import User
from orders.errors import NotYours
from orders.models import Order
from orders.services import funding
from payments.models import Charge
from payments.services.settling import settle
from payments.stripe_gateway import default_gateway
from support.services import compare_with_stripe
from tests.factories.accounts import make_user
from tests.factories.order_states import at_work, second_at_work, unpaid
from tests.factories.orders import RETURN, again, make_order
from tests.payments.simulator_fixtures import StripeDouble
from tests.support.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The buyer has paid at Stripe; every webhook was lost and nobody came back to the return page."""
    found = unpaid(stripe, buyer, seller)
    charge = funding.prepare_payment(order=found, actor=buyer)
    stripe.pay(funding.pay_url(charge=charge, success_url=RETURN, cancel_url=RETURN))
    return found


def charge_of(order: Order) -> Charge:
    return Charge.objects.get(group=order.public_id)


def compare(desk: Desk, order: Order, charge: Charge, reason: str = "The buyer says that they paid.") -> Any:
    url = reverse("admin:orders_order_compare", args=[order.pk, charge.pk])
    return desk.client.post(url, {"reason": reason})


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_r_sup_4_a_payment_whose_webhook_was_lost_is_found(desk: Desk, order: Order) -> None:
    assert f"Compare {charge_of(order).total_money} with Stripe" in desk.open(order)

    answer = compare(desk, order, charge_of(order))

    assert said(answer) == [f"Stripe was asked. {charge_of(order).public_id} is: Paid."]
    assert answer.headers["Location"].endswith(f"/{order.pk}/change/#desk-money")
    assert again(order).state == "active"
    assert LogEntry.objects.get().change_message == (
        f"Compared {charge_of(order).public_id} with Stripe: The buyer says that they paid."
    )


def test_an_unpaid_page_stays_unpaid(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = unpaid(stripe, buyer, seller)
    charge = funding.prepare_payment(order=order, actor=buyer)
    funding.pay_url(charge=charge, success_url=RETURN, cancel_url=RETURN)

    answer = compare(desk, order, charge)

    assert said(answer) == [f"Stripe was asked. {charge.public_id} is still: Waiting for the buyer."]
    assert again(order).state == "pending_payment"


def test_r_sup_4_a_payment_that_is_held_back_is_settled_as_stripe_says(desk: Desk, order: Order) -> None:
    """News with another sum came first; what Stripe has is as we asked for."""
    attempt = charge_of(order).attempts.get()
    page = default_gateway().get_checkout(attempt.checkout_id or "")
    assert page.payment is not None
    settle(attempt_id=attempt.pk, snapshot=replace(page.payment, amount=1))
    assert charge_of(order).state == "quarantined"
    assert f"Compare {charge_of(order).total_money} with Stripe" in desk.open(order)

    answer = compare(desk, order, charge_of(order))

    assert said(answer) == [f"Stripe was asked. {charge_of(order).public_id} is: Paid."]
    assert again(order).state == "active"


def test_asking_twice_changes_nothing_more(desk: Desk, order: Order) -> None:
    compare(desk, order, charge_of(order))
    answer = compare(desk, order, charge_of(order))

    assert said(answer)[1:] == ["Nothing of this charge is open at Stripe: what the desk shows of it is final."]
    assert order.timeline.filter(name="fund").count() == 1
    assert LogEntry.objects.count() == 2


def test_a_silent_stripe_changes_nothing_and_says_so(desk: Desk, order: Order, stripe: StripeDouble) -> None:
    stripe.faults.add("lost_before", on="/checkout/sessions", times=3)

    answer = compare(desk, order, charge_of(order))

    assert said(answer) == [
        "Stripe can’t be reached just now, so nothing has changed. Milepost goes on asking by itself."
    ]
    assert again(order).state == "pending_payment"
    assert LogEntry.objects.count() == 1  # that the agent asked stays on record


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_r_sup_4_nobody_asks_without_a_reason(desk: Desk, order: Order, reason: str) -> None:
    answer = compare(desk, order, charge_of(order), reason)

    assert said(answer) == ["Say in up to 300 characters why you ask Stripe."]
    assert again(order).state == "pending_payment"
    assert not LogEntry.objects.exists()


def test_a_charge_belongs_to_its_own_order(desk: Desk, order: Order) -> None:
    other = make_order(buyer=make_user("Oona Other"))

    assert compare(desk, other, charge_of(order)).status_code == 404
    assert (
        desk.client.get(reverse("admin:orders_order_compare", args=[order.pk, charge_of(order).pk])).status_code == 405
    )
    assert not LogEntry.objects.exists()


def test_what_is_settled_is_not_offered(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    assert "with Stripe" not in desk.open(at_work(stripe, buyer, seller))


@pytest.mark.parametrize("who", ["buyer", "seller", "stranger", "clerk"])
def test_r_sup_5_only_agents_ask(order: Order, who: str, request: pytest.FixtureRequest) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(NotYours):
        compare_with_stripe(order=order, charge=charge_of(order), agent=person, reason="Why not")

    answer = compare(Desk(person), order, charge_of(order))
    assert answer.status_code == (403 if who == "clerk" else 404)
    assert again(order).state == "pending_payment"
    assert not LogEntry.objects.exists()


def test_every_charge_of_an_order_is_listed_with_its_milestone(
    desk: Desk, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    page = desk.open(second_at_work(stripe, buyer, seller))

    assert "for 1. Step 1" in page
    assert "for 2. Step 2" in page
