"""Whoever knew a password, or signed up with another's address, loses every way in once its owner takes it back."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import issue_token, make_calendar, use_token
from marketplace.kernel import clock
from notifications.models import Letter
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
NEW = "another-long-password"


def token_of(user: User) -> str:
    return issue_token(user=user, name="A thief’s program", now=clock.now())[1]


def calendar_of(user: User) -> str:
    return reverse("calendar:feed", args=[make_calendar(user=user, now=clock.now()).key])


def is_in_use(secret: str) -> bool:
    return use_token(secret=secret, now=clock.now()) is not None


def test_a_password_that_was_reset_ends_the_tokens_made_before(client: Client, buyer: User) -> None:
    secret = token_of(buyer)
    client.post(reverse("account_reset_password"), {"email": buyer.email})
    link = re.search(r"/accounts/password/reset/key/\S+", Letter.objects.get().link or Letter.objects.get().text)
    assert link is not None
    form = client.get(link[0], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    buyer.refresh_from_db()
    assert (buyer.check_password(NEW), is_in_use(secret)) == (True, False)


def test_a_password_that_was_changed_ends_the_tokens_made_before(client: Client, buyer: User) -> None:
    secret = token_of(buyer)
    others = token_of(make_user("Olga Other"))
    client.force_login(buyer)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), typed)
    buyer.refresh_from_db()
    assert (buyer.check_password(NEW), is_in_use(secret), is_in_use(others)) == (True, False, True)


def test_r_ord_15_a_password_that_was_changed_ends_the_calendar_address_read_before(
    client: Client, buyer: User
) -> None:
    own, others = calendar_of(buyer), calendar_of(make_user("Olga Other"))
    client.force_login(buyer)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), typed)
    assert (client.get(own).status_code, client.get(others).status_code) == (404, 200)


def test_a_wrong_old_password_ends_nothing(client: Client, buyer: User) -> None:
    secret = token_of(buyer)
    client.force_login(buyer)
    typed = {"oldpassword": "not it at all", "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), typed)
    assert is_in_use(secret)
