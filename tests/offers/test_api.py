"""`/api/v1/offers/`."""

from django.test import Client

from accounts.models import User
from offers.enums import OfferState
from offers.models import Offer
from tests.factories.offers import make_offer, make_offer_draft

BASE = "/api/v1/offers/"


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_offer_comes_whole_with_what_i_may_do(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    assert offer.plan
    found = as_(buyer).get(f"{BASE}{offer.public_id}/").json()
    assert (found["state"], found["side"], found["actions"]) == ("sent", "buyer", ["accept", "counter", "decline"])
    assert found["digest"] == offer.plan.digest
    assert found["to_pay"] == {"amount": 46200, "currency": "USD"}
    assert [stage["fee"]["amount"] for stage in found["stages"]] == [600, 1200, 400]
    assert found["stages"][0]["criteria"] == ["Agreed in writing"]
    assert (found["replaces"], found["replaced_by"]) == (None, None)


def test_each_side_lists_its_offers_and_nobody_a_draft(seller: User, buyer: User, stranger: User) -> None:
    offer, draft = make_offer(seller, buyer), make_offer_draft(seller, buyer)
    for user, count in ((seller, 1), (buyer, 1), (stranger, 0)):
        assert len(as_(user).get(BASE).json()["results"]) == count
    assert as_(seller).get(f"{BASE}{draft.public_id}/").status_code == 404
    assert as_(buyer).get(BASE, {"state": "declined"}).json()["results"] == []
    assert [found["id"] for found in as_(buyer).get(BASE, {"state": "sent"}).json()["results"]] == [offer.public_id]


def test_strangers_get_404_and_visitors_401(client: Client, seller: User, buyer: User, stranger: User) -> None:
    offer = make_offer(seller, buyer)
    one = f"{BASE}{offer.public_id}/"
    assert as_(stranger).get(one).status_code == 404
    for step in ("decline/", "withdraw/"):
        assert as_(stranger).post(one + step, {}, "application/json").status_code == 404
    assert client.get(one).status_code == 401
    assert Offer.objects.get().state == OfferState.SENT


def test_the_buyer_declines(seller: User, buyer: User) -> None:
    path = f"{BASE}{make_offer(seller, buyer).public_id}/decline/"
    answer = as_(buyer).post(path, {"reason": "Too dear"}, "application/json")
    assert (answer.status_code, answer.json()["state"], answer.json()["actions"]) == (200, "declined", [])
    again = as_(buyer).post(path, {}, "application/json")
    assert again.status_code == 409
    assert (again.json()["code"], again.json()["rule"]) == ("offer_not_open", "R-OFR-5")


def test_the_seller_withdraws_and_the_buyer_can_not(seller: User, buyer: User) -> None:
    path = f"{BASE}{make_offer(seller, buyer).public_id}/withdraw/"
    assert as_(buyer).post(path, {}, "application/json").status_code == 403
    assert as_(seller).post(path, {}, "application/json").json()["state"] == "withdrawn"


def test_a_decline_sent_again_with_its_key_gets_the_first_answer(seller: User, buyer: User) -> None:
    path = f"{BASE}{make_offer(seller, buyer).public_id}/decline/"
    headers = {"Idempotency-Key": "once"}
    first = as_(buyer).post(path, {"reason": "No"}, "application/json", headers=headers)
    again = as_(buyer).post(path, {"reason": "No"}, "application/json", headers=headers)
    assert (again.status_code, again.json()) == (200, first.json())
