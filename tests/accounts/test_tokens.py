"""API tokens: hashed, shown once, revoked by their owner alone."""

import hashlib
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import TooManyTokens
from accounts.models import ApiToken, User
from accounts.services import issue_token, revoke_token, use_token
from marketplace.kernel.errors import Unknown

pytestmark = pytest.mark.django_db


def test_only_the_hash_of_a_token_is_kept(buyer: User, now: datetime) -> None:
    token, secret = issue_token(user=buyer, name="Report", now=now)

    assert secret.startswith("mp_")
    assert len(secret) >= 43
    kept = ApiToken.objects.values().get()
    assert kept["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in map(str, kept.values())
    assert (token.ending, token.created_at) == (secret[-4:], now)


def test_two_tokens_differ(buyer: User, now: datetime) -> None:
    assert issue_token(user=buyer, name="a", now=now)[1] != issue_token(user=buyer, name="b", now=now)[1]


def test_a_token_is_found_by_its_secret_alone(buyer: User, now: datetime) -> None:
    token, secret = issue_token(user=buyer, name="Report", now=now)

    assert use_token(secret=secret, now=now) == token
    for wrong in ("", secret[:-1], secret + "x", secret.upper(), token.digest):
        assert use_token(secret=wrong, now=now) is None


def test_a_revoked_token_is_refused(buyer: User, now: datetime) -> None:
    token, secret = issue_token(user=buyer, name="Report", now=now)
    revoke_token(user=buyer, public_id=token.public_id, now=now)

    assert use_token(secret=secret, now=now) is None


def test_the_token_of_a_person_who_is_no_longer_active_is_refused(buyer: User, now: datetime) -> None:
    _, secret = issue_token(user=buyer, name="Report", now=now)
    User.objects.update(is_active=False)

    assert use_token(secret=secret, now=now) is None


def test_last_use_is_noted_at_most_every_five_minutes(buyer: User, now: datetime) -> None:
    _, secret = issue_token(user=buyer, name="Report", now=now)
    seen = []
    for seconds in (0, 299, 300, 301):
        use_token(secret=secret, now=now + timedelta(seconds=seconds))
        seen.append(ApiToken.objects.get().last_used_at)

    assert seen == [now, now, now, now + timedelta(seconds=301)]


def test_a_stranger_cannot_revoke_a_token(buyer: User, stranger: User, now: datetime) -> None:
    token, secret = issue_token(user=buyer, name="Report", now=now)

    with pytest.raises(Unknown):
        revoke_token(user=stranger, public_id=token.public_id, now=now)
    assert use_token(secret=secret, now=now) == token


def test_revoking_twice_is_unknown_the_second_time(buyer: User, now: datetime) -> None:
    token, _ = issue_token(user=buyer, name="Report", now=now)
    revoke_token(user=buyer, public_id=token.public_id, now=now)

    with pytest.raises(Unknown):
        revoke_token(user=buyer, public_id=token.public_id, now=now + timedelta(days=1))
    assert ApiToken.objects.get().revoked_at == now


def test_twenty_tokens_are_enough_and_revoking_one_makes_room(buyer: User, now: datetime) -> None:
    tokens = [issue_token(user=buyer, name=str(number), now=now)[0] for number in range(20)]
    with pytest.raises(TooManyTokens, match="20"):
        issue_token(user=buyer, name="one more", now=now)

    revoke_token(user=buyer, public_id=tokens[0].public_id, now=now)
    issue_token(user=buyer, name="one more", now=now)


def test_the_page_shows_a_new_token_once(client: Client, buyer: User) -> None:
    client.force_login(buyer)
    shown = client.post(reverse("accounts:tokens"), {"name": "Report"})
    secret = shown.context["secret"]

    assert secret in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert secret not in client.get(reverse("accounts:tokens")).content.decode()
    assert "Report" in client.get(reverse("accounts:tokens")).content.decode()


def test_the_page_revokes_ones_own_and_knows_no_other(
    client: Client, buyer: User, stranger: User, now: datetime
) -> None:
    mine, _ = issue_token(user=buyer, name="Mine", now=now)
    theirs, _ = issue_token(user=stranger, name="Theirs", now=now)
    client.force_login(buyer)

    assert client.post(reverse("accounts:revoke_token", args=[mine.public_id])).status_code == 302
    assert client.post(reverse("accounts:revoke_token", args=[theirs.public_id])).status_code == 404
    assert list(ApiToken.objects.filter(revoked_at=None)) == [theirs]


def test_revoking_needs_a_post(client: Client, buyer: User, now: datetime) -> None:
    token, _ = issue_token(user=buyer, name="Mine", now=now)
    client.force_login(buyer)

    assert client.get(reverse("accounts:revoke_token", args=[token.public_id])).status_code == 405
