"""`/api/v1/orders/`: the same steps, rules and refusals as the pages (R-API)."""

from itertools import count
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import SellerProfile, User
from gigs.enums import RequirementKind
from orders.api.acting import ACTIONS
from orders.enums import MilestoneState
from orders.models import Delivery, Order, TimelineEntry
from orders.transitions import PROCESS
from payments.models import Charge
from tests.factories.order_states import RUNNING, STATES, at_work, delivered, questions, unpaid
from tests.factories.orders import (
    PARTS,
    again,
    digest_of,
    make_gig_with,
    make_offer_with,
    states,
    view_of,
    without_file,
    work_off_charges,
)
from tests.payments.simulator_fixtures import StripeDouble

M = MilestoneState
BASE = "/api/v1/orders/"
keys = count(1)
BODIES: dict[str, dict[str, Any]] = {
    "accept_and_continue": {"shown_to_pay": 8400},
    "charge_saved_card": {"card": "pm_of_somebody"},
    "request_revision": {"message": "Slower."},
    "ask_more_time": {"reason": "I am away."},
    "answer_requirements": {"answers": []},
    "deliver": {"message": "Here.", "links": [{"url": "https://example.com"}], "is_full_project": True},
}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def one(order: Order, tail: str = "") -> str:
    return f"{BASE}{order.public_id}/{tail}"


def post(user: User, path: str, body: object = None, *, key: str = "") -> Any:
    sent: Any = {"idempotency-key": key or f"key-{next(keys)}"}
    return as_(user).post(path, body or {}, "application/json", headers=sent)


def act(user: User, order: Order, name: str, body: object = None, *, key: str = "") -> Any:
    return post(user, one(order, f"actions/{name}/"), body, key=key)


def test_every_step_of_a_person_has_an_address() -> None:
    people = {row.name for row in PROCESS if row.actors & {"buyer", "seller"}}
    assert {name for name, _ in ACTIONS} == people - {"pay_again"}  # paying again is pay/


@pytest.mark.parametrize("state", RUNNING)
def test_exactly_the_actions_that_are_listed_are_open(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = STATES[state](stripe, buyer, seller)
    for person in (buyer, seller):
        listed = as_(person).get(one(order)).json()["actions"]
        assert listed == [name for name in view_of(order, person).actions if name != "pay_again"]
        before = TimelineEntry.objects.count()
        for name, _ in ACTIONS:
            if name not in listed:
                answer = act(person, order, name, BODIES.get(name))
                problem = answer.json()
                assert answer.status_code in (403, 409), (name, problem)
                assert problem["rule"].startswith(("R-ORD-", "R-OFR-4")), name
                assert problem["detail"], name
        assert TimelineEntry.objects.count() == before


def test_an_order_is_shown_from_ones_own_side(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    mine, theirs = as_(buyer).get(one(order)).json(), as_(seller).get(one(order)).json()
    assert (mine["side"], theirs["side"]) == ("buyer", "seller")
    assert mine["milestones"][0]["to_pay"] == {"amount": 12600, "currency": "USD"}
    agreed = order.plan.terms.milestones[0]
    assert mine["milestones"][0]["substeps"] == list(agreed.substeps)
    assert mine["milestones"][0]["video_call"] is agreed.video_call
    assert mine["money"]["held"] == {"amount": 12600, "currency": "USD"}
    assert theirs["money"]["held"] == {"amount": 12000, "currency": "USD"}
    assert (mine["turn"], mine["is_your_turn"], theirs["is_your_turn"]) == ("buyer", True, False)
    assert (mine["revisions_left"], mine["total"]) == (2, {"amount": 26000, "currency": "USD"})
    assert "counts as accepted and the order ends there" in mine["if_nobody_acts"]
    (handover,) = mine["deliveries"]
    assert [(f["name"], f["original"], f["locked"]) for f in handover["files"]] == [
        ("preview-1.txt", False, False),
        ("original-1.txt", True, True),
    ]
    assert [f["locked"] for f in theirs["deliveries"][0]["files"]] == [False, False]


def test_files_are_fetched_by_the_two_alone(stripe: StripeDouble, buyer: User, seller: User, stranger: User) -> None:
    order = delivered(stripe, buyer, seller)
    preview, original = (f["id"] for f in as_(buyer).get(one(order)).json()["deliveries"][0]["files"])
    for person, file, status in (
        (buyer, preview, 200), (buyer, original, 404), (seller, original, 200), (stranger, preview, 404),
    ):  # fmt: skip
        answer = without_file(as_(person).get(one(order, f"files/{file}/")))
        assert answer.status_code == status


def test_strangers_and_visitors_learn_nothing(stripe: StripeDouble, buyer: User, seller: User, stranger: User) -> None:
    order = delivered(stripe, buyer, seller)
    assert as_(stranger).get(BASE).json()["results"] == []
    for tail in ("", "timeline/"):
        assert as_(stranger).get(one(order, tail)).status_code == 404
        assert Client().get(one(order, tail)).status_code == 401
    for name, _ in ACTIONS:
        assert act(stranger, order, name, BODIES.get(name)).status_code == 404, name
    assert post(stranger, one(order, "pay/")).status_code == 404


def test_placing_and_paying(stripe: StripeDouble, buyer: User, seller: User) -> None:
    gig = make_gig_with(seller, PARTS)
    path, body = f"/api/v1/gigs/{gig.public_id}/orders/", {"package": "basic", "digest": digest_of(gig)}
    stale = post(buyer, path, body | {"digest": "0" * 64})
    assert (stale.status_code, stale.json()["rule"]) == (409, "R-OFR-5")
    placed = post(buyer, path, body)
    assert placed.status_code == 201
    found = placed.json()
    assert (found["state"], found["can_pay"], found["actions"]) == ("pending_payment", True, [])
    order = Order.objects.get()
    page = post(buyer, one(order, "pay/")).json()["url"]
    stripe.pay(page)
    as_(buyer).get(f"/orders/{order.public_id}/paid/")
    assert as_(buyer).get(one(order)).json()["state"] == "active"


def test_accepting_an_offer(stripe: StripeDouble, buyer: User, seller: User) -> None:
    offer = make_offer_with(seller, buyer, PARTS)
    assert offer.plan is not None
    path, body = f"/api/v1/offers/{offer.public_id}/accept/", {"digest": offer.plan.digest}
    assert post(seller, path, body).status_code == 403
    assert post(buyer, path, body, key="one").status_code == 201
    assert post(buyer, path, body, key="one").status_code == 201  # the first answer again
    assert post(buyer, path, body, key="two").status_code == 409
    assert Order.objects.count() == 1


def test_an_action_wants_a_key_and_is_done_once_for_each(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    path = one(order, "actions/accept_and_continue/")
    assert as_(buyer).post(path, {"shown_to_pay": 8400}, "application/json").status_code in (400, 422)
    first, again_ = (act(buyer, order, "accept_and_continue", {"shown_to_pay": 8400}, key="same") for _ in range(2))
    assert (first.status_code, again_.status_code) == (200, 200)
    assert again_["Idempotent-Replayed"] == "true"
    assert first.json()["state"] == "awaiting_next_payment"
    assert Charge.objects.filter(group=order.public_id).count() == 2
    assert work_off_charges(order).state == "active"


def test_r_ord_6_another_sum_than_was_read_is_refused_with_its_rule(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = delivered(stripe, buyer, seller)
    answer = act(buyer, order, "accept_and_continue", {"shown_to_pay": 8000})
    assert (answer.status_code, answer.json()["code"]) == (409, "terms_changed")


def test_what_is_missing_stands_beside_its_field(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = at_work(stripe, buyer, seller)
    answer = act(seller, order, "deliver", {"message": " "})
    assert answer.status_code == 422
    assert {(e["field"], e["rule"]) for e in answer.json()["errors"]} == {
        ("message", "R-ORD-5"),
        ("files", "R-ORD-5"),
    }


def test_delivering_with_files_and_with_links(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = at_work(stripe, buyer, seller)
    upload, original = SimpleUploadedFile("cut.txt", b"cut"), SimpleUploadedFile("film.txt", b"film")
    answer = as_(seller).post(
        one(order, "actions/deliver/"),
        {"message": "Here.", "files": [upload], "originals": [original]},
        headers={"idempotency-key": "files"},
    )
    assert answer.status_code == 200, answer.json()
    files = Delivery.objects.get().files.order_by("pk")
    assert [(file.name, file.held_back) for file in files] == [("cut.txt", False), ("film.txt", True)]
    assert act(buyer, order, "request_revision", {"criterion": "Step 1 works"}).status_code == 200
    assert act(seller, order, "deliver", BODIES["deliver"]).status_code == 200
    assert states(order)[0] == M.DELIVERED


def test_answering_the_questions_by_their_position(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = questions(stripe, buyer, seller)
    asked = as_(buyer).get(one(order)).json()["requirements"]
    assert [(q["position"], q["required"]) for q in asked] == [(1, True), (2, True)]
    unknown = act(buyer, order, "answer_requirements", {"answers": [{"position": 7, "text": "x"}]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "question_unknown")
    given = [{"position": q["position"], "text": "As we said."} for q in asked]
    assert act(buyer, order, "answer_requirements", {"answers": given}).status_code == 200
    assert again(order).state == "active"


def test_a_question_is_answered_with_a_file_that_both_can_fetch(
    stripe: StripeDouble, buyer: User, seller: User, stranger: User
) -> None:
    order = questions(stripe, buyer, seller)
    order.requirements.filter(position=2).update(kind=RequirementKind.FILE)
    in_words = {"answers": [{"position": n, "text": "As we said."} for n in (1, 2)]}
    refused = act(buyer, order, "answer_requirements", in_words).json()
    assert [(error["field"], error["code"]) for error in refused["errors"]] == [("answer_2", "answer_needed")]
    upload = SimpleUploadedFile("logo.txt", b"a logo")
    body = {"answers[0]position": 1, "answers[0]text": "For work", "answers[1]position": 2, "answers[1]file": upload}
    sent = as_(buyer).post(one(order, "actions/answer_requirements/"), body, headers={"idempotency-key": "logo"})
    assert (sent.status_code, sent.json()["requirements"][1]["file_name"]) == (200, "logo.txt")
    for person, status in ((buyer, 200), (seller, 200), (stranger, 404)):
        assert without_file(as_(person).get(one(order, "answers/2/"))).status_code == status
    assert as_(buyer).get(one(order, "answers/1/")).status_code == 404


def test_the_list_is_filtered_by_side_state_and_turn(stripe: StripeDouble, buyer: User, seller: User) -> None:
    first, second = delivered(stripe, buyer, seller), unpaid(stripe, seller, buyer_as_seller(buyer))
    assert ids(buyer, "") == [second.public_id, first.public_id]
    assert ids(buyer, "?side=buyer") == [first.public_id]
    assert ids(buyer, "?side=seller&waiting=true") == []
    assert ids(seller, "?waiting=true") == [second.public_id]
    assert ids(buyer, "?state=active") == [first.public_id]


def test_the_list_takes_as_many_queries_for_one_order_as_for_four(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    counts = []
    for _ in range(2):
        unpaid(stripe, buyer, seller)
        as_(buyer).get(BASE)
        client = as_(buyer)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(BASE).status_code == 200
        counts.append(len(captured))
        for _more in range(2):
            delivered(stripe, buyer, seller)
    assert counts[0] == counts[1]


def test_r_ord_14_the_timeline_in_sentences(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    told = as_(seller).get(one(order, "timeline/")).json()
    assert [entry["name"] for entry in told] == ["deliver", "begin_at_once", "fund", "place"]
    assert told[-1] == {"name": "place", "text": "Bruno placed the order.", "at": told[-1]["at"], "by": "buyer"}


def ids(user: User, query: str) -> list[str]:
    return [found["id"] for found in as_(user).get(BASE + query).json()["results"]]


def buyer_as_seller(buyer: User) -> User:
    SellerProfile.objects.create(user=buyer, headline="I sell too", country="FR")
    return User.objects.get(pk=buyer.pk)
