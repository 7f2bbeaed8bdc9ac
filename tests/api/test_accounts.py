"""Signing in for a token, seeing and revoking tokens, and oneself."""

from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import ApiToken, User
from tests.api.conftest import Program
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
TOKENS, ME = "/api/v1/tokens/", "/api/v1/me/"


def sign_in(client: APIClient, **changes: str) -> Any:
    return client.post(TOKENS, {"email": "buyer@example.com", "password": PASSWORD} | changes, format="json")


def test_the_right_password_gets_a_token_that_works(anonymous: APIClient, buyer: User) -> None:
    answer = sign_in(anonymous, name="Laptop")

    token = ApiToken.objects.get()
    secret = answer.json()["token"]
    assert (answer.status_code, answer.json()["id"], answer.json()["name"]) == (201, token.public_id, "Laptop")
    me = anonymous.get(ME, headers={"Authorization": f"Bearer {secret}"})
    assert me.json() == {
        "id": buyer.public_id,
        "email": "buyer@example.com",
        "name": "Bruno Buyer",
        "timezone": "UTC",
        "is_seller": False,
    }


@pytest.mark.parametrize("wrong", [{"password": "not-the-password"}, {"email": "nobody@example.com"}])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    anonymous: APIClient, buyer: User, wrong: dict[str, str]
) -> None:
    answer = sign_in(anonymous, **wrong)

    assert answer.status_code == 401
    assert answer.json() == {
        "type": "urn:milepost:problem:wrong_credentials",
        "title": "Wrong credentials",
        "status": 401,
        "detail": "The e-mail address, the password or the code is not right.",
        "code": "wrong_credentials",
    }
    assert not ApiToken.objects.exists()


def test_a_person_who_is_no_longer_active_gets_no_token(anonymous: APIClient, buyer: User) -> None:
    User.objects.update(is_active=False)

    assert sign_in(anonymous).status_code == 401


def test_guessing_passwords_is_stopped_even_before_the_right_one(anonymous: APIClient, buyer: User) -> None:
    for _ in range(5):
        assert sign_in(anonymous, password="not-the-password").status_code == 401

    answer = sign_in(anonymous)
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")


def test_an_address_may_ask_twenty_times_a_minute(anonymous: APIClient, buyer: User) -> None:
    answers = [
        sign_in(anonymous, email=f"person{number}@example.com", password="x").status_code for number in range(21)
    ]

    assert answers[-1] == 429


def test_a_second_step_is_asked_of_who_has_one(anonymous: APIClient, buyer: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(buyer, secret)
    code = format_hotp_value(hotp_value(secret, next(iter(counters()))))

    missing = sign_in(anonymous)
    assert (missing.status_code, missing.json()["code"]) == (401, "code_needed")
    assert sign_in(anonymous, code="000000").json()["code"] == "wrong_credentials"
    cache.clear()
    assert sign_in(anonymous, code=code).status_code == 201
    assert sign_in(anonymous, code=code).status_code == 401, "a code is good for one use"


def test_a_recovery_code_is_good_once(anonymous: APIClient, buyer: User) -> None:
    TOTP.activate(buyer, generate_totp_secret())
    code = RecoveryCodes.activate(buyer).get_unused_codes()[0]

    assert sign_in(anonymous, code=code).status_code == 201
    assert sign_in(anonymous, code=code).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [({"password": "x"}, "email"), ({"email": "x", "password": "x"}, "email"), ({"email": "a@b.example"}, "password")],
)
def test_sign_in_names_the_field_that_is_wrong(anonymous: APIClient, body: dict[str, str], field: str) -> None:
    answer = anonymous.post(TOKENS, body, format="json")

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_list_has_ones_own_tokens_in_use_without_secrets(program: Program, buyer: User, seller: User) -> None:
    program(seller)
    body = program(buyer).get(TOKENS).json()

    assert set(body) == {"next", "previous", "results"}
    (only,) = body["results"]
    assert set(only) == {"id", "name", "ending", "created_at", "last_used_at"}


def test_a_revoked_token_is_refused_at_once(program: Program, buyer: User) -> None:
    client = program(buyer)
    token = ApiToken.objects.get()

    assert client.delete(f"{TOKENS}{token.public_id}/").status_code == 204
    refused = client.get(ME)
    assert (refused.status_code, refused.json()["code"]) == (401, "authentication_failed")


def test_a_stranger_cannot_revoke_my_token(program: Program, buyer: User, stranger: User) -> None:
    program(buyer)
    token = ApiToken.objects.get()

    assert program(stranger).delete(f"{TOKENS}{token.public_id}/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer mp_nonsense", "Bearer mp_a mp_b", "bearer mp_ÿ"])
def test_a_broken_header_is_refused(anonymous: APIClient, header: str) -> None:
    assert anonymous.get(ME, headers={"Authorization": header}).status_code == 401


def test_name_and_time_zone_can_be_changed(program: Program, buyer: User) -> None:
    answer = program(buyer).patch(ME, {"name": "Bruno B", "timezone": "Asia/Tokyo"}, format="json")

    buyer.refresh_from_db()
    assert (answer.status_code, answer.json()["timezone"]) == (200, "Asia/Tokyo")
    assert (buyer.name, buyer.timezone) == ("Bruno B", "Asia/Tokyo")


@pytest.mark.parametrize("wrong", [{"timezone": "Moon/Base"}, {"name": ""}, {"name": "x" * 81}])
def test_a_wrong_change_is_named_and_changes_nothing(program: Program, buyer: User, wrong: dict[str, str]) -> None:
    answer = program(buyer).patch(ME, {"name": "Bruno B", "timezone": "Asia/Tokyo"} | wrong, format="json")

    buyer.refresh_from_db()
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == list(wrong)
    assert (buyer.name, buyer.timezone) == ("Bruno Buyer", "UTC")


def test_the_e_mail_address_cannot_be_changed_without_proof(program: Program, buyer: User) -> None:
    program(buyer).patch(ME, {"email": "other@example.com"}, format="json")

    buyer.refresh_from_db()
    assert buyer.email == "buyer@example.com"


def test_a_browsers_session_needs_a_csrf_token_and_a_program_none(
    anonymous: APIClient, program: Program, buyer: User
) -> None:
    anonymous.force_login(buyer)
    refused = anonymous.patch(ME, {"name": "Forged"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")

    assert program(buyer).patch(ME, {"name": "Bruno B"}, format="json").status_code == 200
