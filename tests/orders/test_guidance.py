"""What each side reads where it looks first: what is wanted of them, what just happened, what must be filled in."""

import pytest
from django.test import Client

from accounts.models import User
from orders.models import Order
from orders.presenters.decision import decision_of
from tests.factories import order_states
from tests.factories.accounts import make_seller
from tests.factories.orders import again, make_order, view_of
from tests.payments.simulator_fixtures import StripeDouble


def read(user: User, order: Order, tail: str = "") -> str:
    client = Client()
    client.force_login(user)
    return client.get(f"/orders/{order.public_id}/{tail}", follow=True).content.decode()


def words(order: Order, user: User) -> tuple[str, ...]:
    decision = decision_of(view_of(again(order), user))
    assert decision is not None
    return decision.words


def test_r_ord_6_the_seller_reads_first_what_the_buyer_wants_changed(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = order_states.in_revision(stripe, buyer, seller)
    asked = order.milestones.get(position=1).deliveries.get().revisions.get()
    asked.criterion, asked.message = "Step 1 works", "Slower, please."
    asked.save()
    assert words(order, seller)[:3] == ("Bruno asks for a change.", "Not met: “Step 1 works”", "“Slower, please.”")
    assert not [each for each in words(order, buyer) if "Slower" in each]


def test_r_ord_5_what_was_accepted_lies_open_until_the_next_delivery(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = order_states.second_at_work(stripe, buyer, seller)
    accepted = "‘Step 1’ is accepted: all its files are open to you under Earlier deliveries."
    assert accepted in words(order, buyer)
    assert accepted not in words(order, seller)
    assert '<details class="card" open>' in read(buyer, order)


@pytest.mark.parametrize(
    ("state", "said"), [("delivered", "accept or ask for changes"), ("revisions_used", "accept it")]
)
def test_r_ord_9_nobody_is_told_to_ask_for_changes_that_are_used_up(
    stripe: StripeDouble, buyer: User, seller: User, state: str, said: str
) -> None:
    html = read(buyer, order_states.STATES[state](stripe, buyer, seller))
    assert f"Look at it, then {said}" in html


def test_what_a_form_wants_is_not_called_optional(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = order_states.delivered(stripe, buyer, seller)
    assert "(optional)" not in read(buyer, order, "request_revision/")
    order = order_states.at_work(stripe, buyer, seller)
    form = read(seller, order).partition('id="deliver"')[2].partition("</form>")[0]
    assert "Files to see at once" in form
    assert "(optional)" not in form


def test_r_pay_2_the_return_page_says_that_the_payment_has_arrived(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = make_order(buyer=buyer, seller=seller)
    client = Client()
    client.force_login(buyer)
    pay = client.post(f"/orders/{order.public_id}/pay/")["Location"]
    arrived = "Your payment of $126.00 has arrived."
    assert arrived not in read(buyer, order, "paid/")
    stripe.pay(pay)
    assert arrived in client.get(f"/orders/{order.public_id}/paid/", follow=True).content.decode()


def test_the_list_begins_with_what_one_sells_until_one_buys(stripe: StripeDouble, buyer: User, seller: User) -> None:
    def first(user: User, query: str = "") -> str:
        client = Client()
        client.force_login(user)
        return str(client.get(f"/orders/{query}").context["side"])

    make_order(buyer=buyer, seller=seller)
    assert (first(buyer), first(seller), first(seller, "?side=buying")) == ("buying", "selling", "buying")
    make_order(buyer=seller, seller=make_seller("Sven"))
    assert first(seller) == "buying"
