"""Steps of an order by the API: the same services, rules and refusals as the pages (R-API, R-GIG-6, R-ORD-15)."""

from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from orders.models import Order, ProgressStep
from tests.orders.test_progress import steps_of

keys = count(1)


def ask(user: User, order: Order, tail: str = "", *, body: object = None, form: bool = False) -> Any:
    client = Client()
    client.force_login(user)
    url = f"/api/v1/orders/{order.public_id}/steps/{tail}"
    if not tail:
        return client.get(url)
    headers: Any = {"idempotency-key": f"step-{next(keys)}"}
    if form:
        return client.post(url, body, headers=headers)
    return client.post(url, body or {}, "application/json", headers=headers)


def test_r_gig_6_share_and_acknowledge(staged: Order, buyer: User, seller: User) -> None:
    first = steps_of(staged)[0].public_id
    listed = ask(seller, staged).json()
    assert [(row["name"], row["may_share"]) for row in listed] == [
        ("Step 1", True),
        ("Step 2", False),
        ("Step 3", False),
    ]
    body = {"message": "Rough cut.", "files": [SimpleUploadedFile("a.txt", b"hello")]}
    assert ask(seller, staged, f"{first}/share/", body=body, form=True).status_code == 200
    row = ask(buyer, staged).json()[0]
    assert (row["message"], row["milestone"], row["is_stage"], row["may_acknowledge"]) == ("Rough cut.", 1, True, True)
    client = Client()
    client.force_login(buyer)
    where = f"/api/v1/orders/{staged.public_id}/steps/{first}/files/{row['files'][0]['id']}/"
    assert b"".join(client.get(where).streaming_content) == b"hello"  # type: ignore[attr-defined]
    assert ask(buyer, staged, f"{first}/acknowledge/").json()[0]["acknowledged_at"]


def test_r_gig_6_refusals_come_with_their_rule(staged: Order, buyer: User, seller: User) -> None:
    first, second, _ = (step.public_id for step in steps_of(staged))
    for user, tail, body, status, code in (
        (seller, f"{first}/share/", {}, 422, "step_needs_message"),
        (seller, f"{second}/share/", {"message": "Early"}, 409, "step_out_of_turn"),
        (buyer, f"{first}/share/", {"message": "Mine"}, 403, "not_your_action"),
        (seller, f"{first}/acknowledge/", {}, 403, "not_your_action"),
        (buyer, f"{first}/acknowledge/", {}, 409, "step_not_shared"),
        (seller, "stp_none/share/", {"message": "Where?"}, 404, "step_not_found"),
    ):
        answer = ask(user, staged, tail, body=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (
        ask(seller, staged, f"{first}/share/", body={"message": "x", "link": "javascript:alert(1)"}).status_code == 422
    )
    assert not ProgressStep.objects.exclude(shared_at=None)


def test_strangers_find_no_steps(staged: Order, stranger: User) -> None:
    first = steps_of(staged)[0].public_id
    for tail in ("", f"{first}/share/", f"{first}/acknowledge/"):
        assert ask(stranger, staged, tail).status_code == 404
