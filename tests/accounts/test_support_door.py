"""The door to the support desk, and what agents may do with accounts (R-SUP-5)."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import SellerProfile, User
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
DESK = "/support/"


@pytest.fixture
def helper(db: None) -> User:
    """An agent with no more than the right to see and change people."""
    user = make_user("Hal Helper", staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    return user


@pytest.mark.parametrize("path", [DESK, f"{DESK}login/", f"{DESK}accounts/user/"])
def test_a_visitor_signs_in_like_everyone(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_the_admins_own_password_form_is_no_way_in(client: Client, agent: User) -> None:
    from tests.factories.accounts import PASSWORD

    client.post(f"{DESK}login/", {"username": agent.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", [DESK, f"{DESK}login/", f"{DESK}accounts/user/"])
def test_the_desk_does_not_exist_for_people_who_are_no_agents(client: Client, buyer: User, path: str) -> None:
    client.force_login(buyer)

    assert client.get(path).status_code == 404


@override_settings(STAFF_MFA_REQUIRED=True)
def test_an_agent_without_a_second_step_sets_one_up_first(client: Client, agent: User) -> None:
    client.force_login(agent)
    assert client.get(DESK).headers["Location"] == reverse("mfa_activate_totp")

    TOTP.activate(agent, generate_totp_secret())
    assert client.get(DESK).status_code == 200


def test_the_demo_lets_agents_in_without_one(client: Client, agent: User) -> None:
    client.force_login(agent)

    assert client.get(DESK).status_code == 200


def test_an_agent_finds_people_by_name_address_and_id(client: Client, helper: User, buyer: User) -> None:
    client.force_login(helper)
    for term in ("Bruno", "buyer@example.com", buyer.public_id):
        page = client.get(f"{DESK}accounts/user/", {"q": term})
        assert [row.pk for row in page.context["cl"].result_list] == [buyer.pk]


def test_an_agent_cannot_give_anyone_powers_or_take_over_an_account(client: Client, helper: User, buyer: User) -> None:
    client.force_login(helper)
    for target in (buyer, helper):
        form = {"email": "evil@example.com", "is_staff": "on", "is_superuser": "on", "name": "Evil"}
        client.post(f"{DESK}accounts/user/{target.pk}/change/", form)
        target.refresh_from_db()
        assert not target.is_superuser
        assert target.email != "evil@example.com"
    assert not User.objects.get(pk=buyer.pk).is_staff


def test_a_superuser_makes_an_agent(client: Client, agent: User, buyer: User) -> None:
    client.force_login(agent)
    client.post(f"{DESK}accounts/user/{buyer.pk}/change/", {"is_active": "on", "is_staff": "on"})

    assert User.objects.get(pk=buyer.pk).is_staff


def test_nobody_is_added_or_deleted_by_hand(client: Client, agent: User, buyer: User) -> None:
    client.force_login(agent)

    assert client.get(f"{DESK}accounts/user/add/").status_code == 403
    assert client.post(f"{DESK}accounts/user/{buyer.pk}/delete/", {"post": "yes"}).status_code == 403


def test_r_pol_4_milestones_are_switched_off_with_a_reason_that_is_kept(
    client: Client, helper: User, seller: User
) -> None:
    client.force_login(helper)
    page = f"{DESK}accounts/sellerprofile/{seller.seller.pk}/change/"

    client.post(page, {"milestones_blocked_reason": "no"})
    assert SellerProfile.objects.get().milestones_blocked_reason == ""

    client.post(page, {"milestones_blocked_reason": "Two orders were not delivered.", "headline": "Changed"})
    profile = SellerProfile.objects.get()
    assert (profile.milestones_blocked_reason, profile.headline) == ("Two orders were not delivered.", "I make things")
    assert "Two orders were not delivered." in LogEntry.objects.get().change_message

    client.post(page, {"milestones_blocked_reason": ""})
    assert SellerProfile.objects.get().milestones_blocked_reason == ""


@pytest.mark.parametrize("model", ["accounts/user", "accounts/sellerprofile", "notifications/notification"])
def test_the_lists_open(client: Client, agent: User, model: str) -> None:
    client.force_login(agent)

    assert client.get(f"{DESK}{model}/").status_code == 200
