"""Signing up and in, settings, and becoming a seller."""

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.errors import AlreadySeller
from accounts.models import SellerProfile, User
from accounts.selectors import is_seller
from accounts.services import become_seller
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
NEWCOMER = {"name": "Nora New", "email": "nora@example.com", "password1": "grey-otter-41"}


@pytest.fixture
def signed_in(client: Client, buyer: User) -> Client:
    client.force_login(buyer)
    return client


def test_signing_up_makes_a_person_with_the_name_and_signs_them_in(client: Client) -> None:
    answer = client.post(reverse("account_signup"), NEWCOMER)

    person = User.objects.get()
    assert answer.status_code == 302
    assert (person.email, person.name, person.timezone) == ("nora@example.com", "Nora New", "UTC")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_who_wants_to_sell_and_has_no_account_comes_to_the_sellers_form_over_sign_up_or_sign_in(
    client: Client, buyer: User
) -> None:
    sell = reverse("accounts:sell")
    joining, door = (
        f"{reverse('account_signup')}?next={sell}",
        f"{reverse('account_login')}?next={sell.replace('/', '%2F')}",
    )
    assert f'href="{joining}"' in client.get("/").text
    page = client.get(joining).text
    assert f'href="{door}"' in page
    assert f'name="next" value="{sell}"' in page
    assert f'href="{joining.replace(sell, sell.replace("/", "%2F"))}"' in client.get(door).text

    assert client.post(reverse("account_signup"), NEWCOMER | {"next": sell})["Location"] == sell
    entering = {"login": buyer.email, "password": PASSWORD, "next": sell}
    assert Client().post(reverse("account_login"), entering)["Location"] == sell


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_up_leads_to_no_other_site(client: Client, away: str) -> None:
    assert client.post(reverse("account_signup"), NEWCOMER | {"next": away})["Location"] == reverse("home")


@pytest.mark.parametrize(("sent", "kept"), [("Europe/Paris", "Europe/Paris"), ("Moon/Base", "UTC"), ("../etc", "UTC")])
def test_signing_up_takes_the_browsers_time_zone_if_it_is_one(client: Client, sent: str, kept: str) -> None:
    client.post(reverse("account_signup"), NEWCOMER | {"timezone": sent})

    assert User.objects.get().timezone == kept


@pytest.mark.parametrize("missing", ["name", "email", "password1"])
def test_signing_up_needs_each_field(client: Client, missing: str) -> None:
    client.post(reverse("account_signup"), NEWCOMER | {missing: ""})

    assert not User.objects.exists()


def test_one_address_in_two_spellings_is_one_account(client: Client, buyer: User) -> None:
    client.post(reverse("account_signup"), NEWCOMER | {"email": "BUYER@example.com"})

    assert User.objects.get() == buyer


def test_languages_are_ticked_in_a_list_that_begins_with_those_chosen(client: Client, seller: User) -> None:
    client.force_login(seller)
    page = reverse("accounts:seller")
    profile = {"headline": "I build desktop apps", "country": "FR", "languages": ["sv", "de"]}
    assert client.post(page, profile).status_code == 302
    assert sorted(SellerProfile.objects.get(user=seller).languages) == ["de", "sv"]
    ticks = re.findall(
        r'<input type="checkbox" name="languages" value="(\w+)"[^>]*?( checked)?>', client.get(page).text
    )
    assert ticks[:2] == [("de", " checked"), ("sv", " checked")]
    assert [code for code, ticked in ticks if ticked] == ["de", "sv"]


def test_signing_in_with_the_e_mail_in_any_case(client: Client, buyer: User) -> None:
    client.post(reverse("account_login"), {"login": "Buyer@Example.com", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(buyer.pk)


def test_signing_in_with_a_wrong_password_is_refused(client: Client, buyer: User) -> None:
    client.post(reverse("account_login"), {"login": buyer.email, "password": "not-the-password"})

    assert "_auth_user_id" not in client.session


def test_after_five_failures_even_the_right_password_waits(client: Client, buyer: User) -> None:
    for _ in range(5):
        client.post(reverse("account_login"), {"login": buyer.email, "password": "not-the-password"})
    client.post(reverse("account_login"), {"login": buyer.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_becoming_a_seller_keeps_the_account(buyer: User, now: datetime) -> None:
    assert not is_seller(buyer)

    profile = become_seller(user=buyer, headline="I build apps", bio="Ten years", country="FR", now=now)

    assert profile.created_at == now
    assert is_seller(User.objects.get(pk=buyer.pk))
    assert (profile.headline, profile.bio, profile.country) == ("I build apps", "Ten years", "FR")


def test_becoming_a_seller_twice_is_refused(seller: User, now: datetime) -> None:
    with pytest.raises(AlreadySeller):
        become_seller(user=seller, headline="Again", now=now)

    assert SellerProfile.objects.get().headline == "I make things"


def test_becoming_a_seller_in_two_requests_at_once_makes_one_profile(buyer: User, now: datetime) -> None:
    one, other = User.objects.get(pk=buyer.pk), User.objects.get(pk=buyer.pk)
    assert not is_seller(other)
    become_seller(user=one, headline="First", now=now)

    with pytest.raises(AlreadySeller):
        become_seller(user=other, headline="Second", now=now)

    assert SellerProfile.objects.get().headline == "First"


def test_nobody_signed_in_is_no_seller() -> None:
    from django.contrib.auth.models import AnonymousUser

    assert not is_seller(AnonymousUser())


def test_the_settings_page_changes_name_and_time_zone(signed_in: Client, buyer: User) -> None:
    answer = signed_in.post(reverse("accounts:settings"), {"name": "Bruno B", "timezone": "Asia/Tokyo"})

    buyer.refresh_from_db()
    assert answer.status_code == 302
    assert (buyer.name, buyer.timezone) == ("Bruno B", "Asia/Tokyo")


@pytest.mark.parametrize("wrong", [{"name": ""}, {"timezone": "Moon/Base"}, {"timezone": ""}])
def test_the_settings_page_refuses_what_is_wrong(signed_in: Client, buyer: User, wrong: dict[str, str]) -> None:
    answer = signed_in.post(reverse("accounts:settings"), {"name": "Bruno B", "timezone": "Asia/Tokyo"} | wrong)

    buyer.refresh_from_db()
    assert answer.status_code == 200
    assert (buyer.name, buyer.timezone) == ("Bruno Buyer", "UTC")


def test_the_sell_page_makes_a_seller_and_then_leads_to_the_profile(signed_in: Client, buyer: User) -> None:
    signed_in.post(reverse("accounts:sell"), {"headline": "I build apps", "bio": "", "country": "DE"})
    again = signed_in.get(reverse("accounts:sell"))

    assert SellerProfile.objects.get(user=buyer).country == "DE"
    assert again.headers["Location"] == reverse("accounts:seller")


def test_r_pay_5_who_starts_selling_where_stripe_cant_pay_is_told_at_once_with_the_way_on(
    signed_in: Client, buyer: User, settings: Settings
) -> None:
    settings.PAYOUT_COUNTRIES = ["DE", "SE"]
    form = signed_in.get(reverse("accounts:sell")).content.decode()
    here, there = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', form, re.DOTALL)
    assert (here[0], re.findall(r'value="(\w+)"', here[1])) == ("We can pay to banks here", ["DE", "SE"])
    assert there[0] == "We can’t pay to banks here"
    assert 'value="GH"' in there[1]
    told = signed_in.post(reverse("accounts:sell"), {"headline": "I build apps", "country": "GH"}, follow=True)
    assert "Stripe doesn’t let us pay to banks in Ghana." in (html := told.content.decode())
    assert f'<a href="{reverse("payments:payouts")}">What you can do, before you take an order</a>' in html
    saved = {"headline": "I build apps", "country": "GH"}
    assert _said(signed_in, saved) == ["Your seller profile is saved."]
    assert _said(signed_in, saved | {"country": "SE"}) == ["Your seller profile is saved."]
    assert "pay to banks in Norway." in _said(signed_in, saved | {"country": "NO"})[1]


def _said(client: Client, profile: dict[str, str]) -> list[str]:
    """What is said once the profile is saved."""
    answer = client.post(reverse("accounts:seller"), profile, follow=True)
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize("wrong", [{"headline": ""}, {"country": ""}, {"country": "XX"}])
def test_the_sell_page_refuses_what_is_wrong(signed_in: Client, wrong: dict[str, str]) -> None:
    answer = signed_in.post(reverse("accounts:sell"), {"headline": "I build apps", "country": "DE"} | wrong)

    assert answer.status_code == 200
    assert not SellerProfile.objects.exists()


def test_a_seller_changes_the_profile(client: Client, seller: User) -> None:
    client.force_login(seller)
    client.post(reverse("accounts:seller"), {"headline": "Now better", "bio": "New", "country": "SE"})

    profile = SellerProfile.objects.get(user=seller)
    assert (profile.headline, profile.bio, profile.country) == ("Now better", "New", "SE")


def test_r_pol_4_a_seller_reads_why_milestones_are_off(client: Client, seller: User) -> None:
    SellerProfile.objects.filter(user=seller).update(milestones_blocked_reason="Two orders were not delivered.")
    client.force_login(seller)

    assert "Two orders were not delivered." in client.get(reverse("accounts:seller")).content.decode()


def test_a_buyer_has_no_seller_profile_to_change(signed_in: Client) -> None:
    assert signed_in.get(reverse("accounts:seller")).headers["Location"] == reverse("accounts:sell")


@pytest.mark.parametrize("name", ["accounts:settings", "accounts:seller", "accounts:tokens", "accounts:sell"])
def test_settings_are_for_people_who_are_signed_in(client: Client, name: str) -> None:
    page = client.get(reverse(name))

    assert page.status_code == 302
    assert page.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["accounts:settings", "accounts:sell", "accounts:tokens"])
def test_every_page_of_the_settings_opens(signed_in: Client, name: str) -> None:
    assert signed_in.get(reverse(name)).status_code == 200


def test_the_database_refuses_one_address_in_two_spellings(buyer: User) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("Other", email="BUYER@example.com")
    assert connection.is_usable()
