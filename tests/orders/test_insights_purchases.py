"""R-ORD-16: what waits on a buyer stands at the top of their orders."""

import pytest
from django.test import Client

from accounts.models import User
from marketplace.kernel import clock
from offers.services import decline_offer
from orders.presenters.insights.needs import Need
from orders.presenters.insights.purchases import needs_of_buyer
from tests.factories import order_states
from tests.factories.offers import make_offer
from tests.factories.order_states import COMPLETED, STATES
from tests.factories.orders import current
from tests.payments.simulator_fixtures import StripeDouble

EXPECTED = {
    "unpaid": "pay",
    "questions": "answer_requirements",
    "delivered": "decide",
    "delivered_last": "decide",
    "more_time_asked": "decide",
    "revisions_used": "decide",
    "payment_failed": "pay",
    "action_required": "pay",
    "consent_wanted": "pay",
    "month_delivered": "decide",
    "last_month_delivered": "decide",
    "month_refused": "pay",
} | dict.fromkeys(COMPLETED, "write_review")


def needs(user: User) -> list[Need]:
    return needs_of_buyer(user, now=clock.now())


@pytest.mark.parametrize("state", STATES)
def test_each_order_waits_for_one_thing_or_for_none(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    STATES[state](stripe, buyer, seller)
    assert [need.kind for need in needs(buyer)] == ([EXPECTED[state]] if state in EXPECTED else [])
    assert needs(seller) == []
    assert all("None" not in need.text + need.action for need in needs(buyer))


def test_the_buttons_name_the_thing_and_the_sum(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = order_states.delivered(stripe, buyer, seller)
    assert needs(buyer)[0].action == f"Review ‘{current(order).name}’"
    assert needs(buyer)[0].at == current(order).review_deadline
    order_states.unpaid(stripe, buyer, seller)
    assert needs(buyer)[0].action == "Pay $126.00"


def test_an_offer_waits_until_it_is_answered(buyer: User, seller: User) -> None:
    offer = make_offer(seller, buyer)
    (need,) = needs(buyer)
    assert (need.kind, need.at, need.url) == ("answer_offer", offer.expires_at, offer.get_absolute_url())
    decline_offer(offer=offer, actor=buyer, now=clock.now())
    assert needs(buyer) == []


def test_it_stands_above_the_list_of_what_one_buys_only(
    client: Client, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order_states.delivered(stripe, buyer, seller)
    client.force_login(buyer)
    assert "What waits on you" in client.get("/orders/").content.decode()
    assert "What waits on you" not in client.get("/orders/?show=running").content.decode()
    client.force_login(seller)
    assert "What waits on you" not in client.get("/orders/?side=selling").content.decode()
    assert "What waits on you" not in client.get("/orders/").content.decode()
