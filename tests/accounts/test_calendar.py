"""The private address of a calendar: made once, shown again, renewed and switched off by its owner alone (R-ORD-15)."""

from base64 import urlsafe_b64decode
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import CalendarAddress, User
from accounts.selectors import owner_of_calendar
from accounts.services import make_calendar, renew_calendar, stop_calendar
from marketplace.kernel.errors import Unknown

pytestmark = pytest.mark.django_db
PAGE = "/settings/calendar/"


def press(client: Client, action: str) -> str:
    return client.post(f"{PAGE}{action}/", follow=True).content.decode()


@pytest.fixture
def signed_in(client: Client, buyer: User) -> Client:
    client.force_login(buyer)
    return client


def test_r_ord_15_a_key_is_32_random_bytes(buyer: User, seller: User, now: datetime) -> None:
    keys = {make_calendar(user=user, now=now).key for user in (buyer, seller)}
    assert len(keys) == 2
    assert {len(urlsafe_b64decode(f"{key}=")) for key in keys} == {32}


def test_made_twice_it_is_the_same(buyer: User, now: datetime) -> None:
    first = make_calendar(user=buyer, now=now)
    assert make_calendar(user=buyer, now=now).key == first.key
    assert first.made_at == now


def test_r_ord_15_a_renewed_key_is_the_only_one(buyer: User, now: datetime) -> None:
    old = make_calendar(user=buyer, now=now).key
    new = renew_calendar(user=buyer, now=now).key
    assert new != old
    assert owner_of_calendar(new) == buyer
    with pytest.raises(Unknown):
        owner_of_calendar(old)


def test_nobody_renews_what_was_never_made(buyer: User, seller: User, now: datetime) -> None:
    kept = make_calendar(user=seller, now=now).key
    with pytest.raises(Unknown):
        renew_calendar(user=buyer, now=now)
    assert CalendarAddress.objects.get().key == kept


def test_r_ord_15_switched_off_it_is_unknown(buyer: User, seller: User, now: datetime) -> None:
    key, others = (make_calendar(user=user, now=now).key for user in (buyer, seller))
    stop_calendar(user=buyer)
    stop_calendar(user=buyer)
    with pytest.raises(Unknown):
        owner_of_calendar(key)
    assert owner_of_calendar(others) == seller


@pytest.mark.parametrize("wrong", ["", "x", "None"])
def test_a_key_is_found_whole_alone(buyer: User, now: datetime, wrong: str) -> None:
    key = make_calendar(user=buyer, now=now).key
    for tried in (wrong, key[:-1], key.swapcase(), f"{key} "):
        with pytest.raises(Unknown):
            owner_of_calendar(tried)


def test_the_page_makes_shows_again_renews_and_stops(signed_in: Client, buyer: User) -> None:
    assert "Make an address" in signed_in.get(PAGE).content.decode()
    assert not CalendarAddress.objects.exists()

    made = press(signed_in, "make")
    first = CalendarAddress.objects.get(user=buyer).key
    address = f"http://127.0.0.1:8000{reverse('calendar:feed', args=[first])}"
    assert "Your address is ready." in made
    assert address in made
    assert address in signed_in.get(PAGE).content.decode()

    renewed = press(signed_in, "renew")
    second = CalendarAddress.objects.get(user=buyer).key
    assert (first in renewed, second in renewed, first == second) == (False, True, False)

    assert "Make an address" in press(signed_in, "stop")
    assert not CalendarAddress.objects.exists()


def test_the_page_is_not_kept_by_browsers(signed_in: Client) -> None:
    assert "no-store" in signed_in.get(PAGE)["Cache-Control"]


@pytest.mark.parametrize("action", ["renew", "erase"])
def test_what_cannot_be_pressed_is_unknown(signed_in: Client, action: str) -> None:
    assert signed_in.post(f"{PAGE}{action}/").status_code == 404
