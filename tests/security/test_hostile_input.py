"""What only a forged request holds is refused in words, and never breaks a page."""

from base64 import b64encode
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from milestones.enums import RevisionScope
from offers.models import Offer
from offers.terms import read_terms
from tests.factories.gigs import make_draft
from tests.factories.inbox import make_conversation, say
from tests.factories.offers import draft_of, make_offer_draft, row

pytestmark = pytest.mark.django_db
MANY_DIGITS = "9" * 5000  # more than Python turns into a number


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/gigs/gig_%00/",
        "/orders/ord_%00/",
        "/orders/ord_%00/files/fil_%00/",
        "/offers/off_%00/",
        "/inbox/with/usr_%00/",
        "/inbox/?q=%00",
        "/notifications/ntf_%00/",
        "/gigs/?category=%00&page=2",
    ],
)
def test_a_nul_character_in_an_address_is_a_bad_request(buyer: User, address: str) -> None:
    assert as_(buyer).get(address).status_code == 400


def test_a_nul_character_in_a_form_that_reads_its_fields_raw_is_a_bad_request(seller: User, buyer: User) -> None:
    conversation = make_conversation(seller, buyer)
    typed = {"action": "save", "title": "A\0B", "milestones-0-name": "x\0"}
    answer = as_(seller).post(reverse("offers:compose", args=[conversation.public_id]), typed)
    assert (answer.status_code, Offer.objects.count()) == (400, 0)


def test_a_nul_character_for_the_api_is_a_problem(buyer: User) -> None:
    client = APIClient()
    client.force_authenticate(buyer)
    answer = client.get("/api/v1/orders/ord_%00/")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    named = client.patch("/api/v1/me/", {"name": "A\0B"}, format="json")
    assert named.status_code == 422


@pytest.mark.parametrize("number", ["²", MANY_DIGITS, "-1", "1e3", "99999999999", "٣"])
def test_a_number_that_is_none_is_as_good_as_no_number(buyer: User, seller: User, number: str) -> None:
    conversation = make_conversation(seller, buyer)
    say(conversation, seller)
    page = reverse("inbox:conversation", args=[conversation.public_id])
    client = as_(buyer)
    assert client.get(page, {"before": number}).status_code == 200
    assert client.get(f"{page}news/", {"after": number}).status_code == 200
    assert client.get("/gigs/", {"page": number, "least": number}).status_code == 200
    compose = reverse("offers:compose", args=[conversation.public_id])
    assert as_(seller).post(compose, {"action": f"remove-{number}"}).status_code == 200


@pytest.mark.parametrize("number", ["²", MANY_DIGITS])
def test_a_row_that_is_no_row_changes_nothing(seller: User, number: str) -> None:
    gig = make_draft(seller)
    tab = reverse("gigs:edit", args=[gig.public_id, "description"])
    for action in (f"up stages {number}", f"add stages-{number}-substeps", "keep"):
        answer = as_(seller).post(tab, {"action": action, "stages-TOTAL_FORMS": number, "faq-TOTAL_FORMS": number})
        assert answer.status_code == 200


@pytest.mark.parametrize("typed", ["0000000009999999999", "000000000" + MANY_DIGITS, "1000"])
def test_r_ofr_3_days_and_revisions_of_an_offer_have_a_width(seller: User, buyer: User, typed: str) -> None:
    offer = make_offer_draft(seller, buyer)
    assert offer.gig is not None
    draft = draft_of(offer.gig, row(days=typed, revisions=typed))
    _, failures = read_terms(
        typed=draft.typed, order_type=draft.order_type, currency="USD", scope=RevisionScope.MILESTONE, title=draft.title
    )
    assert [failure.field for failure in failures] == ["milestones-0-days", "milestones-0-revisions"]


@pytest.mark.parametrize("position", ["p=abc", "p=%00", "p=99999999999999999999", "p=2026-13-45", "r=1&p=-", "o=x"])
@pytest.mark.parametrize("address", ["/api/v1/gigs/", "/api/v1/orders/", "/api/v1/conversations/", "/api/v1/offers/"])
def test_a_cursor_that_nobody_gave_out_is_not_found(buyer: User, address: str, position: str) -> None:
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(buyer)
    answer = client.get(address, {"cursor": b64encode(position.encode()).decode()})
    assert answer.status_code in (200, 404)
    assert client.get(address, {"cursor": "é%%%"}).status_code in (200, 404)


def test_a_cursor_of_messages_that_is_no_number_is_not_found(buyer: User, seller: User) -> None:
    conversation = make_conversation(seller, buyer)
    client = APIClient()
    client.force_authenticate(buyer)
    address = f"/api/v1/conversations/{conversation.public_id}/messages/"
    assert client.get(address, {"cursor": b64encode(b"p=abc").decode()}).status_code == 404


def test_json_that_is_nested_without_end_is_a_bad_request() -> None:
    answer = APIClient().post("/api/v1/tokens/", data="[" * 200_000, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_json_that_is_larger_than_a_form_may_be_is_a_problem() -> None:
    body = {"email": "a@example.com", "password": "x" * 2000}
    answer = APIClient().post("/api/v1/tokens/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_write_with_a_key_that_is_too_large_is_a_problem(buyer: User, seller: User) -> None:
    conversation = make_conversation(seller, buyer)
    client = APIClient()
    client.force_authenticate(buyer)
    address = f"/api/v1/conversations/{conversation.public_id}/messages/"
    answer = client.post(address, {"body": "x" * 2000}, format="json", headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_visitor_can_not_fill_the_disk_with_files_that_no_page_takes(buyer: User) -> None:
    from tests.factories.inbox import text_file

    def files() -> dict[str, Any]:
        return {"file": text_file(content=b"x" * 2000)}

    assert Client().post("/accounts/login/", files()).status_code == 413
    assert as_(buyer).post("/settings/", files()).status_code == 200
