"""`/api/v1/offers/`."""

from datetime import timedelta

from django.test import Client

from accounts.models import User
from marketplace.kernel import clock
from offers.enums import OfferState
from offers.models import Offer
from tests.factories.inbox import make_conversation
from tests.factories.offers import ask, make_offer, make_offer_draft

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


def terms(*prices: int) -> dict[str, object]:
    rows = [{"name": f"Step {n}", "days": 4, "price": price, "criteria": ["Agreed"]} for n, price in enumerate(prices)]
    return {"milestones": rows, "note": "Two are enough."}


def test_r_ofr_5_a_counter_offer_is_sent_agreed_to_and_read_as_versions(
    seller: User, buyer: User, stranger: User
) -> None:
    first = make_offer(seller, buyer).public_id
    answer = as_(buyer).post(f"{BASE}{first}/counter/", terms(10000, 20000), "application/json")
    proposed = answer.json()
    assert (answer.status_code, proposed["made_by"], proposed["version"], proposed["replaces"]) == (
        201,
        "buyer",
        2,
        first,
    )
    assert (proposed["total"]["amount"], proposed["note"]) == (30000, "Two are enough.")
    assert proposed["actions"] == ["counter", "withdraw"]
    second = f"{BASE}{proposed['id']}/"
    assert as_(seller).get(second).json()["actions"] == ["agree", "decline", "revise"]
    digest = {"digest": proposed["digest"]}
    refused = as_(buyer).post(f"{second}accept/", digest, "application/json", headers={"Idempotency-Key": "a"})
    assert (refused.status_code, refused.json()["code"]) == (403, "counter_not_accepted")
    for user, status in ((stranger, 404), (buyer, 403)):
        assert as_(user).post(f"{second}agree/", {}, "application/json").status_code == status
    agreed = as_(seller).post(f"{second}agree/", {}, "application/json")
    assert (agreed.status_code, agreed.json()["digest"]) == (201, proposed["digest"])
    versions = as_(buyer).get(f"{BASE}{first}/versions/").json()
    assert [(found["version"], found["made_by"], found["state"]) for found in versions] == [
        (1, "seller", "replaced"),
        (2, "buyer", "replaced"),
        (3, "seller", "sent"),
    ]
    assert versions[0]["changes"] == versions[2]["changes"] == []
    assert "Price: $300.00 instead of $440.00." in versions[1]["changes"]


def test_a_counter_offer_outside_the_limits_is_422_and_changes_nothing(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    path = f"{BASE}{offer.public_id}/counter/"
    assert as_(buyer).post(path, terms(5000, 5000), "application/json").status_code == 422
    assert as_(buyer).post(path, {"milestones": [{"name": "x"}]}, "application/json").status_code == 422
    assert as_(seller).post(path, terms(5000, 5001), "application/json").status_code == 403
    assert list(Offer.objects.all()) == [offer]


def test_a_reminder_too_soon_is_409(seller: User, buyer: User, stranger: User) -> None:
    path = f"{BASE}{make_offer(seller, buyer).public_id}/remind/"
    early = as_(seller).post(path, {}, "application/json")
    assert (early.status_code, early.json()["code"]) == (409, "reminded_lately")
    assert as_(buyer).post(path, {}, "application/json").status_code == 403
    assert as_(stranger).post(path, {}, "application/json").status_code == 404
    aged = make_offer(seller, buyer, now=clock.now() - timedelta(days=1))
    assert as_(seller).post(f"{BASE}{aged.public_id}/remind/", {}, "application/json").status_code == 200


def test_the_seller_declines_a_request(seller: User, buyer: User, stranger: User) -> None:
    path = f"{BASE}requests/{ask(make_conversation(buyer, seller), buyer).public_id}/decline/"
    for user, status in ((stranger, 404), (buyer, 403), (seller, 204), (seller, 409)):
        assert as_(user).post(path, {"reason": "Full"}, "application/json").status_code == status
