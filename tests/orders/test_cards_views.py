"""Saved cards on the pages and for programs: whose they are, what they pay for, and what refuses to let one go."""

import re
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from orders.models import Order
from payments.models import SavedMethod
from tests.factories.order_states import delivered, finished, payment_failed
from tests.factories.orders import again
from tests.factories.payments import make_saved_method
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db
METHODS = "/api/v1/payment-methods/"
keys = count(1)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def card_of(order: Order) -> SavedMethod:
    method = again(order).method
    assert method is not None
    return method


def post(user: User, path: str, body: dict[str, object]) -> Any:
    return as_(user).post(path, body, "application/json", headers={"idempotency-key": f"key-{next(keys)}"})


def test_the_page_lists_ones_own_cards_and_what_each_pays_for(
    stripe: StripeDouble, buyer: User, seller: User, stranger: User
) -> None:
    order = delivered(stripe, buyer, seller)
    html = as_(buyer).get(reverse("cards:list")).content.decode()
    assert "Visa •••• 4242" in html
    assert reverse("orders:card", args=[order.public_id]) in html
    assert reverse("cards:remove", args=[card_of(order).stripe_id]) not in html  # it pays for a live order
    assert "4242" not in as_(stranger).get(reverse("cards:list")).content.decode()


def test_a_card_that_no_order_needs_is_removed_on_the_page(stripe: StripeDouble, buyer: User, seller: User) -> None:
    card = card_of(finished(stripe, buyer, seller))
    path = reverse("cards:remove", args=[card.stripe_id])
    assert path in as_(buyer).get(reverse("cards:list")).content.decode()
    answer = as_(buyer).post(path, follow=True)
    assert "The card was removed." in answer.content.decode()
    card.refresh_from_db()
    assert card.state == "detaching"


def test_a_card_in_use_is_refused_in_words_on_the_page_and_as_a_problem(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = delivered(stripe, buyer, seller)
    card = card_of(order)
    answer = as_(buyer).post(reverse("cards:remove", args=[card.stripe_id]))
    assert answer.status_code == 409
    assert "so it can’t be removed yet" in answer.content.decode()
    problem = as_(buyer).delete(f"{METHODS}{card.stripe_id}/")
    assert (problem.status_code, problem["content-type"]) == (409, "application/problem+json")
    assert (problem.json()["rule"], problem.json()["type"]) == ("R-PAY-2", "urn:milepost:problem:card_in_use")
    card.refresh_from_db()
    assert card.state == "active"


def test_nobody_touches_the_cards_of_someone_else(
    stripe: StripeDouble, buyer: User, seller: User, stranger: User
) -> None:
    card = card_of(finished(stripe, buyer, seller))
    assert as_(stranger).post(reverse("cards:remove", args=[card.stripe_id])).status_code == 404
    assert as_(stranger).delete(f"{METHODS}{card.stripe_id}/").status_code == 404
    assert as_(stranger).get(METHODS).json() == []
    assert Client().get(METHODS).status_code == 401
    card.refresh_from_db()
    assert card.state == "active"


def test_programs_read_and_remove_cards(stripe: StripeDouble, buyer: User, seller: User) -> None:
    card = card_of(finished(stripe, buyer, seller))
    (read,) = as_(buyer).get(METHODS).json()
    assert (read["id"], read["brand"], read["last4"], read["orders"]) == (card.stripe_id, "visa", "4242", [])
    assert as_(buyer).delete(f"{METHODS}{card.stripe_id}/").status_code == 204
    assert as_(buyer).get(METHODS).json() == []
    assert as_(buyer).delete(f"{METHODS}{card.stripe_id}/").status_code == 404


def test_choosing_the_card_of_an_order(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    other = make_saved_method(stripe, buyer, "authentication_passes")
    path = reverse("orders:card", args=[order.public_id])
    assert "Visa •••• 3220" in as_(buyer).get(path).content.decode()
    assert as_(buyer).post(path, {}).status_code == 422
    assert as_(buyer).post(path, {"stripe_id": "pm_of_somebody"}).status_code == 422
    assert as_(buyer).post(path, {"stripe_id": other.stripe_id}).status_code == 303
    assert card_of(order) == other
    assert as_(seller).get(path).status_code == 403
    first = SavedMethod.objects.exclude(pk=other.pk).get(user=buyer)
    api = f"/api/v1/orders/{order.public_id}/card/"
    assert post(buyer, api, {"card": first.stripe_id}).json()["next_charge"]["card"] == "Visa •••• 4242"
    assert card_of(order) == first
    assert post(buyer, api, {"card": "pm_of_somebody"}).status_code == 404
    assert post(seller, api, {"card": first.stripe_id}).status_code == 403


def test_r_pay_2_after_a_refusal_another_card_is_offered_first_and_equal_ones_once(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = payment_failed(stripe, buyer, seller)
    others = [make_saved_method(stripe, buyer, "works") for _ in range(2)]
    html = as_(buyer).get(reverse("orders:step", args=[order.public_id, "charge_saved_card"])).content.decode()
    assert html.count("Visa •••• 4242, good to ") == 1
    assert html.count("(refused for this payment)") == 1
    assert re.search(rf'value="{others[1].stripe_id}"[^>]*checked', html)
    assert not re.search(rf'value="{card_of(order).stripe_id}"[^>]*checked', html)


def test_programs_learn_what_the_bank_said_and_what_helps(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = payment_failed(stripe, buyer, seller)
    path = f"/api/v1/orders/{order.public_id}/"
    told = as_(buyer).get(path).json()["next_charge"]
    assert told["refusal"] == "There is not enough money on this card. Add money or use another card."
    assert (told["refusal_code"], told["remedy"]) == ("insufficient_funds", "retry_later")
    assert told["retry_at"] is not None
    assert as_(seller).get(path).json()["next_charge"] is None  # the buyer's card is not the seller's to see
    again_path = f"{path}actions/charge_saved_card/"
    answer = post(buyer, again_path, {"card": card_of(order).stripe_id})
    assert (answer.status_code, answer.json()["turn"]) == (200, "bank")
