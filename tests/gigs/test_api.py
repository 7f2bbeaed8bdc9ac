"""`/api/v1/gigs/`: the same gigs, terms and refusals as the pages (R-API)."""

import pytest
from django.test import Client

from accounts.models import User
from gigs.models import Gig, WorkflowTemplate
from gigs.selectors import plan_terms
from gigs.services.templates import keep_template
from milestones.fitting import template_of_workflow
from tests.factories.gigs import make_draft, make_gig
from tests.factories.milestones import make_design

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


# --- Templates --------------------------------------------------------------------------------------------------------
@pytest.fixture
def template(seller: User) -> WorkflowTemplate:
    return keep_template(seller=seller, name="My usual", design=template_of_workflow(make_design(10_000, 16_000)))


def test_r_gig_8_the_library_by_api(client: Client, seller: User, template: WorkflowTemplate) -> None:
    client.force_login(seller)
    listed = client.get("/api/v1/templates/?page_size=50").json()["results"]
    assert [each["name"] for each in listed if not each["is_platforms"]] == ["My usual"]
    assert sum(each["is_platforms"] for each in listed) == WorkflowTemplate.objects.filter(owner=None).count()
    one = client.get(f"/api/v1/templates/{template.public_id}/").json()
    assert (one["subcategory"], one["milestone_payments"]) == (None, True)
    stage = one["milestones"][1]
    assert (stage["name"], stage["days"], stage["share"]) == ("Step 2", 5, 6_154)
    assert stage["packages"] == [{"tier": "basic", "days": 5, "share": 6_154}]


def test_r_gig_8_rename_copy_and_delete_by_api(client: Client, seller: User, template: WorkflowTemplate) -> None:
    client.force_login(seller)
    url = f"/api/v1/templates/{template.public_id}/"
    assert client.patch(url, {"name": "Better"}, "application/json").json()["name"] == "Better"
    refused = client.patch(url, {"name": " "}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "template_name_missing")
    copied = client.post(f"{url}copy/")
    assert (copied.status_code, copied.json()["name"]) == (201, "Better (2)")
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": "x" * 80, "description": "x" * 300}, "", ""),
        ({"name": "x" * 81}, "template_name_too_long", "name"),
        ({"name": "Better", "description": "x" * 301}, "invalid", "description"),
    ],
    ids=["full", "name", "description"],
)
def test_r_gig_8_how_long_a_template_is_called_by_api(
    client: Client, seller: User, template: WorkflowTemplate, change: dict[str, str], code: str, field: str
) -> None:
    client.force_login(seller)
    answer = client.patch(f"/api/v1/templates/{template.public_id}/", change, "application/json")
    assert (answer.status_code, answer.json().get("code", "")) == (422 if code else 200, code)
    assert [error["field"] for error in answer.json().get("errors", [])] == ([field] if field else [])
    template.refresh_from_db()
    assert template.name == ("My usual" if code else "x" * 80)


def test_r_gig_8_only_ones_own_can_be_changed_by_api(
    client: Client, seller: User, stranger: User, template: WorkflowTemplate
) -> None:
    shipped = WorkflowTemplate.objects.filter(owner=None).earliest("pk")
    client.force_login(seller)
    assert client.patch(f"/api/v1/templates/{shipped.public_id}/", {"name": "x"}, "application/json").status_code == 404
    assert client.delete(f"/api/v1/templates/{shipped.public_id}/").status_code == 404
    client.force_login(stranger)
    assert "My usual" not in client.get("/api/v1/templates/?page_size=50").content.decode()
    for ask in (client.get, client.patch, client.delete):
        assert ask(f"/api/v1/templates/{template.public_id}/").status_code == 404
    assert client.post(f"/api/v1/templates/{template.public_id}/copy/").status_code == 404
    assert client.post(f"/api/v1/templates/{shipped.public_id}/copy/").status_code == 403
