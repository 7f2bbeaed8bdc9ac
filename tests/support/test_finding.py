"""An order is found by whatever the person on the phone can read out (R-SUP-1)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from payments.models import ChargeAttempt, Refund, SavedMethod
from tests.factories.accounts import make_seller, make_user
from tests.factories.order_states import cancelled, second_at_work
from tests.factories.orders import make_order, pay_first
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import sweep_payments
from tests.support.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "words",
    [
        "{order.number}",
        "{digits}",
        "{lower}",
        "{order.public_id}",
        "buyer@example.com",
        "BUYER@EXAMPLE.COM",
        "Bruno",
        "bruno buyer",
        "Selma Seller",
        "seller@example.com",
        "Bruno Selma",
        "  Bruno   {order.number} ",
    ],
)
def test_r_sup_1_found_by_number_and_person(desk: Desk, buyer: User, seller: User, words: str) -> None:
    order = make_order(buyer=buyer, seller=seller)
    make_order()
    asked = words.format(order=order, digits=order.number.removeprefix("MP-"), lower=order.number.lower())

    assert desk.find(asked) == [order.number]


@pytest.mark.parametrize("words", ["Nobody", "Bruno Stranger", "pi_", "cs_", "re_", "%", "_", "' OR 1=1 --"])
def test_words_that_are_nobodys_find_nothing(desk: Desk, buyer: User, seller: User, words: str) -> None:
    make_order(buyer=buyer, seller=seller)

    found = desk.find(words)

    assert found == []


def test_without_words_every_order_is_listed_newest_first(desk: Desk) -> None:
    numbers = [make_order().number for _ in range(3)]

    assert desk.find() == numbers[::-1]


def test_r_sup_1_found_by_any_id_of_stripe(desk: Desk, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = cancelled(stripe, buyer, seller)
    other = pay_first(make_order(), stripe)
    sweep_payments()
    attempt = ChargeAttempt.objects.get(charge__group=order.public_id)
    refund = Refund.objects.get(charge=attempt.charge)
    ids = (attempt.payment_id, attempt.checkout_id, refund.provider_id)
    assert [str(each)[:3] for each in ids] == ["pi_", "cs_", "re_"]

    for words in (*ids, attempt.charge.public_id, refund.public_id):
        assert desk.find(str(words)) == [order.number]
    for their in ChargeAttempt.objects.filter(charge__group=other.public_id):
        assert desk.find(str(their.payment_id)) == [other.number]


def test_a_saved_card_finds_its_buyers_orders_once_each(
    desk: Desk, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    """Several charges and attempts of one order are still one line."""
    order = second_at_work(stripe, buyer, seller)
    method = SavedMethod.objects.get(user=buyer)

    assert desk.find(method.stripe_id) == [order.number]


def test_filters_narrow_what_a_search_finds(desk: Desk, stripe: StripeDouble, buyer: User) -> None:
    waiting = make_order(buyer=buyer)
    paid = pay_first(make_order(buyer=buyer), stripe)

    assert desk.find("Bruno", state__exact="pending_payment") == [waiting.number]
    assert desk.find("Bruno", state__exact="active") == [paid.number]


@pytest.mark.parametrize("words", ["", "Buyer", "pi_none"])
def test_the_list_asks_as_often_for_one_order_as_for_many(desk: Desk, words: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.find(words)
        return len(asked)

    make_order(buyer=make_user("Bella Buyer"), seller=make_seller("Sam Seller"))
    queries()  # fills the cache of content types
    at_one = queries()
    for number in range(6):
        make_order(buyer=make_user(f"Bella{number} Buyer"), seller=make_seller(f"Sam{number} Seller"))

    assert queries() == at_one
