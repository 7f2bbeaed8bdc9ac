"""`/api/v1/gigs/`: the same gigs, terms and refusals as the pages (R-API)."""

import pytest
from django.test import Client

from gigs.models import Gig
from gigs.selectors import plan_terms
from tests.factories.gigs import make_draft, make_gig

pytestmark = pytest.mark.django_db


def test_r_api_a_gig_comes_with_its_plans(client: Client, gig: Gig) -> None:
    body = client.get(f"/api/v1/gigs/{gig.public_id}/").json()
    assert (body["id"], body["title"], body["seller"]) == (gig.public_id, gig.title, gig.seller.public_id)
    package = body["packages"][0]
    assert package["digest"] == plan_terms(gig, "basic").digest
    assert (package["tier"], package["order_type"]) == ("basic", "milestones")
    assert package["due_today"] == {"amount": 10_500, "currency": "USD"}
    assert package["total_with_fees"] == {"amount": 27_300, "currency": "USD"}
    first = package["milestones"][0]
    assert (first["name"], first["days"], first["criteria"]) == ("Step 1", 5, ["Step 1 works"])
    assert first["price"] == {"amount": 10_000, "currency": "USD"}
    assert first["fee"] == {"amount": 500, "currency": "USD"}
    assert "email" not in str(body)


def test_r_api_the_list_takes_the_pages_filters(client: Client, gig: Gig) -> None:
    plain = make_gig(title="I will draw your logo", where="brand-identity")
    make_draft(title="I am not ready")
    ids = [each["id"] for each in client.get("/api/v1/gigs/").json()["results"]]
    assert ids == [plain.public_id, gig.public_id]
    found = client.get("/api/v1/gigs/?milestones=on").json()["results"]
    assert [(each["id"], each["milestone_count"]) for each in found] == [(gig.public_id, 2)]
    assert found[0]["from_price"] == {"amount": 26_000, "currency": "USD"}
    assert [each["id"] for each in client.get("/api/v1/gigs/?q=loggo").json()["results"]] == [plain.public_id]


def test_r_api_a_draft_is_a_problem_for_others(client: Client) -> None:
    response = client.get(f"/api/v1/gigs/{make_draft().public_id}/")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "gig_not_found"


def test_r_api_gigs_are_only_read(client: Client, gig: Gig) -> None:
    client.force_login(gig.seller)
    assert client.post("/api/v1/gigs/", {}).status_code == 405
    assert client.delete(f"/api/v1/gigs/{gig.public_id}/").status_code == 405
