"""Teams: inviting, answering, roles, leaving, and for whom a request acts."""

import html
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts import errors
from accounts.enums import Ability, InvitationState, TeamRole
from accounts.limits import INVITATION_LIFE, INVITATIONS_A_DAY, RESEND_AFTER, TEAM_SIZE
from accounts.models import TeamInvitation, TeamMember, User
from accounts.roles import ROLES
from accounts.selectors import acts_for, helpers_of, may, role_in, team_of
from accounts.services import team
from marketplace.kernel.errors import Unknown
from notifications.models import Letter, Notification
from tests.factories.accounts import make_seller, make_user
from tests.factories.team import invite, make_contributor, make_manager, make_member

pytestmark = pytest.mark.django_db
LATER = timedelta(seconds=1)


def test_an_invitation_is_a_letter_whose_secret_is_kept_nowhere_else(seller: User, now: datetime) -> None:
    secret = invite(seller, "nora@example.com", now=now)

    letter, kept = Letter.objects.get(), TeamInvitation.objects.values().get()
    assert letter.to == "nora@example.com"
    assert letter.link.endswith(f"/team/join/{secret}/")
    assert "7 days" in letter.text
    assert secret not in map(str, kept.values())
    assert kept["expires_at"] == now + timedelta(days=7) == now + INVITATION_LIFE


def test_a_new_person_joins_and_the_owner_is_told(seller: User, now: datetime) -> None:
    secret = invite(seller, "Nora@Example.com", role=TeamRole.CONTRIBUTOR, now=now)
    nora = make_user("Nora New", email="nora@example.com")

    member = team.accept_invitation(secret=secret, user=nora, now=now)
    assert (member.seller, member.user, member.role) == (seller, nora, TeamRole.CONTRIBUTOR)
    assert TeamInvitation.objects.get().state == InvitationState.ACCEPTED
    assert Notification.objects.get().recipient == seller


@pytest.mark.parametrize(("after", "open_still"), [(INVITATION_LIFE - LATER, True), (INVITATION_LIFE, False)])
def test_an_invitation_runs_out_at_the_instant_itself(
    seller: User, now: datetime, after: timedelta, open_still: bool
) -> None:
    secret = invite(seller, "nora@example.com", now=now)
    nora = make_user("Nora New", email="nora@example.com")
    if open_still:
        assert team.accept_invitation(secret=secret, user=nora, now=now + after)
    else:
        with pytest.raises(errors.InvitationClosed, match="expired"):
            team.accept_invitation(secret=secret, user=nora, now=now + after)


def test_only_the_invited_address_may_answer(seller: User, stranger: User, now: datetime) -> None:
    secret = invite(seller, "nora@example.com", now=now)
    for answer in (team.accept_invitation, team.decline_invitation):
        with pytest.raises(errors.InvitationOfAnother, match="was sent to nora"):
            answer(secret=secret, user=stranger, now=now)
    assert not TeamMember.objects.exists()


@pytest.mark.parametrize("verified", [True, False])
def test_a_second_address_counts_once_it_is_confirmed(
    seller: User, stranger: User, now: datetime, verified: bool
) -> None:
    EmailAddress.objects.create(user=stranger, email="nora@example.com", verified=verified)
    secret = invite(seller, "nora@example.com", now=now)
    if verified:
        assert team.accept_invitation(secret=secret, user=stranger, now=now).user == stranger
    else:
        with pytest.raises(errors.InvitationOfAnother):
            team.accept_invitation(secret=secret, user=stranger, now=now)


def test_one_open_invitation_for_each_address(seller: User, now: datetime) -> None:
    invite(seller, "nora@example.com", now=now)
    with pytest.raises(errors.AlreadyInvited):
        invite(seller, "NORA@example.com", now=now)
    invite(seller, "nora@example.com", now=now + INVITATION_LIFE)
    assert [each.state for each in TeamInvitation.objects.order_by("pk")] == ["expired", "open"]


def test_who_is_invited(seller: User, buyer: User, now: datetime) -> None:
    make_member(seller, user=buyer)
    with pytest.raises(errors.AlreadyInTeam, match="Bruno"):
        invite(seller, buyer.email, now=now)
    with pytest.raises(errors.OwnTeam):
        invite(seller, "SELLER@example.com", now=now)
    with pytest.raises(errors.NotARole):
        invite(seller, "nora@example.com", role=TeamRole.OWNER, now=now)
    with pytest.raises(errors.OnlySellersHaveTeams):
        invite(buyer, "nora@example.com", now=now)


def test_the_limits_of_a_team_are_its_size_and_the_mails_of_a_day(seller: User, now: datetime) -> None:
    for number in range(TEAM_SIZE):
        invite(seller, f"n{number}@example.com", now=now - timedelta(hours=24))
    with pytest.raises(errors.TeamFull, match=str(TEAM_SIZE)):
        invite(seller, "more@example.com", now=now)

    TeamInvitation.objects.update(state=InvitationState.WITHDRAWN, sent_at=now - timedelta(hours=24) + LATER)
    assert INVITATIONS_A_DAY == TEAM_SIZE
    with pytest.raises(errors.TooManyInvitations):
        invite(seller, "more@example.com", now=now)
    assert invite(seller, "more@example.com", now=now + LATER)


def test_sending_again_changes_the_link_and_waits(seller: User, now: datetime) -> None:
    first = invite(seller, "nora@example.com", now=now)
    invitation, nora = TeamInvitation.objects.get(), make_user("Nora", email="nora@example.com")
    with pytest.raises(errors.SentJustNow, match="10 minutes"):
        team.resend_invitation(seller=seller, public_id=invitation.public_id, now=now + RESEND_AFTER - LATER)
    again = team.resend_invitation(seller=seller, public_id=invitation.public_id, now=now + RESEND_AFTER)

    assert (again.expires_at, again.mails) == (now + RESEND_AFTER + INVITATION_LIFE, 2)
    assert Letter.objects.count() == 2
    with pytest.raises(Unknown):
        team.accept_invitation(secret=first, user=nora, now=now + RESEND_AFTER)


@pytest.mark.parametrize("end", ["withdraw", "decline", "accept"])
def test_an_answered_invitation_opens_nothing(seller: User, now: datetime, end: str) -> None:
    secret = invite(seller, "nora@example.com", now=now)
    nora = make_user("Nora", email="nora@example.com")
    match end:
        case "withdraw":
            public_id = TeamInvitation.objects.get().public_id
            team.withdraw_invitation(seller=seller, public_id=public_id, now=now)
        case "decline":
            team.decline_invitation(secret=secret, user=nora, now=now)
        case "accept":
            team.accept_invitation(secret=secret, user=nora, now=now)
    with pytest.raises(errors.InvitationClosed):
        team.accept_invitation(secret=secret, user=nora, now=now)


def test_the_owner_alone_manages(seller: User, stranger: User, now: datetime) -> None:
    mila, cleo = make_member(seller), make_member(seller, "Cleo", role=TeamRole.CONTRIBUTOR)
    invite(seller, "nora@example.com", now=now)
    public_id = TeamInvitation.objects.latest("pk").public_id
    for other in (mila.user, cleo.user, stranger, make_seller("Otto Other")):
        for step in (team.resend_invitation, team.withdraw_invitation):
            with pytest.raises((Unknown, errors.OnlySellersHaveTeams)):
                step(seller=other, public_id=public_id, now=now + RESEND_AFTER)
        with pytest.raises(Unknown):
            team.change_role(seller=other, public_id=cleo.public_id, role=TeamRole.MANAGER, now=now)
        with pytest.raises(Unknown):
            team.remove_member(seller=other, public_id=mila.public_id, now=now)
        if other != cleo.user:
            with pytest.raises(Unknown):
                team.leave_team(user=other, public_id=cleo.public_id, now=now)
    assert set(team_of(seller)) == {mila, cleo}


def test_roles_change_and_end_at_once(seller: User, now: datetime) -> None:
    member = make_member(seller, role=TeamRole.CONTRIBUTOR)
    assert not may(member.user, seller, Ability.EDIT_GIGS)
    team.change_role(seller=seller, public_id=member.public_id, role=TeamRole.MANAGER, now=now)
    assert may(member.user, seller, Ability.EDIT_GIGS)
    team.remove_member(seller=seller, public_id=member.public_id, now=now)
    assert role_in(member.user, seller) is None
    assert acts_for(member.user, Ability.EDIT_GIGS) == [member.user.pk]
    with pytest.raises(Unknown):
        team.remove_member(seller=seller, public_id=member.public_id, now=now)

    back = make_member(seller, user=member.user)
    assert role_in(member.user, seller) == TeamRole.MANAGER
    team.leave_team(user=member.user, public_id=back.public_id, now=now)
    assert role_in(member.user, seller) is None


@pytest.mark.parametrize("closed", ["seller", "member"])
def test_a_closed_account_ends_what_its_team_may(seller: User, closed: str) -> None:
    mila = make_manager(seller)
    User.objects.filter(pk=(seller if closed == "seller" else mila).pk).update(is_active=False)
    assert role_in(mila, seller) is None
    assert helpers_of(seller, Ability.ANSWER) == []


@pytest.mark.parametrize("ability", Ability)
def test_every_ability_is_in_the_table_and_held_to_it(seller: User, stranger: User, ability: Ability) -> None:
    people = {
        TeamRole.OWNER: seller,
        TeamRole.MANAGER: make_manager(seller),
        TeamRole.CONTRIBUTOR: make_contributor(seller),
    }
    for role, person in people.items():
        assert may(person, seller, ability) == (role in ROLES[ability])
        assert (seller.pk in acts_for(person, ability)) == (role in ROLES[ability])
        assert (person in helpers_of(seller, ability)) == (role in ROLES[ability] and role != TeamRole.OWNER)
    assert not may(stranger, seller, ability)
    assert TeamRole.OWNER in ROLES[ability]


OWNERS = {
    Ability.GET_PAID, Ability.EDIT_BILLING, Ability.MANAGE_TEAM, Ability.EDIT_PROFILE, Ability.KEEP_TOKENS,
}  # fmt: skip


def test_the_table_is_what_was_decided() -> None:
    """By hand, so that a change of the table is seen."""
    for ability, roles in ROLES.items():
        if ability in OWNERS:
            assert roles == {TeamRole.OWNER}, ability
        elif ability == Ability.DO_TASKS:
            assert roles == set(TeamRole)
        else:
            assert roles == {TeamRole.OWNER, TeamRole.MANAGER}, ability


def test_whether_one_may_is_one_query(seller: User, django_assert_num_queries: object) -> None:
    mila = make_manager(seller)
    for number in range(3):
        make_member(make_seller(f"Other {number}"), user=mila)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert may(mila, seller, Ability.ANSWER)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(acts_for(mila, Ability.ANSWER)) == 5
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert may(seller, seller, Ability.ANSWER)


# --- Pages ------------------------------------------------------------------------------------------------------------
def test_the_page_invites_and_says_what_is_wrong(client: Client, seller: User) -> None:
    client.force_login(seller)
    page = reverse("accounts:team")
    assert client.post(page, {"email": "nora@example.com", "role": "manager"}).status_code == 302
    refused = client.post(page, {"email": "nora@example.com", "role": "manager"})
    assert refused.status_code == 422
    assert "has an open invitation" in refused.content.decode()
    shown = client.get(page).content.decode()
    for words in ("good for 7 days", "up to 20 people", "after 10 minutes", "nora@example.com"):
        assert words in shown


def test_the_page_shows_the_table_of_roles_cell_by_cell_in_words_too(client: Client, seller: User) -> None:
    client.force_login(seller)
    shown = client.get(reverse("accounts:team")).text
    columns = re.findall(r'<th scope="col" class="n">(\w+)</th>', shown)
    assert columns == [role.label for role in TeamRole]
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', shown)
    assert {html.unescape(name): re.findall(r'<span class="vh">(yes|no)</span>', cells) for name, cells in rows} == {
        ability.label: ["yes" if role in ROLES[ability] else "no" for role in TeamRole] for ability in Ability
    }


def test_the_link_leads_a_new_person_through_signing_up_and_back(client: Client, seller: User) -> None:
    address = reverse("accounts:join", args=[invite(seller, "nora@example.com")])
    assert f"?next={address}" in client.get(address).content.decode()
    assert client.post(address, {"answer": "accept"}).status_code == 302
    signed_up = client.post(
        reverse("account_signup"),
        {"name": "Nora New", "email": "nora@example.com", "password1": "a-long-enough-password", "next": address},
    )
    assert signed_up.headers["Location"] == address
    assert "Join as manager" in client.get(address).content.decode()
    assert client.post(address, {"answer": "accept"}).status_code == 302
    assert role_in(User.objects.get(email="nora@example.com"), seller) == TeamRole.MANAGER


def test_another_person_reads_whose_invitation_it_is(client: Client, seller: User, stranger: User) -> None:
    address = reverse("accounts:join", args=[invite(seller, "nora@example.com")])
    client.force_login(stranger)
    shown = client.get(address).content.decode()
    assert "You are signed in as stranger@example.com" in shown
    assert "Join as" not in shown
    assert client.post(address, {"answer": "accept"}).status_code == 403
    assert client.get(reverse("accounts:join", args=["wrong"])).status_code == 404


def test_the_switch_is_checked_on_every_request(client: Client, seller: User, now: datetime) -> None:
    member = make_member(seller)
    client.force_login(member.user)
    chosen = {"seller": seller.public_id}
    assert client.post(reverse("accounts:work_for"), chosen).status_code == 302
    assert "Working for <b>Selma Seller</b>" in client.get(reverse("accounts:team")).content.decode()

    team.remove_member(seller=seller, public_id=member.public_id, now=now)
    assert "Working for" not in client.get(reverse("accounts:team")).content.decode()
    assert client.post(reverse("accounts:work_for"), chosen).status_code == 404


def test_a_contributor_has_nothing_to_switch_to(client: Client, seller: User) -> None:
    client.force_login(make_contributor(seller))
    assert client.post(reverse("accounts:work_for"), {"seller": seller.public_id}).status_code == 404


def test_managers_read_earnings_and_contributors_do_not(client: Client, seller: User) -> None:
    earnings = reverse("payments:earnings")
    client.force_login(make_contributor(seller))
    client.post(reverse("accounts:work_for"), {"seller": seller.public_id})
    assert client.get(earnings).status_code == 302
    client.force_login(make_manager(seller))
    client.post(reverse("accounts:work_for"), {"seller": seller.public_id})
    assert client.get(earnings).status_code == 200
    assert "payout account" not in client.get(earnings).content.decode()


def test_the_switch_leads_nowhere_else(client: Client, seller: User) -> None:
    client.force_login(make_manager(seller))
    answer = client.post(reverse("accounts:work_for"), {"seller": seller.public_id, "next": "https://evil.example/"})
    assert answer.headers["Location"] == reverse("accounts:team")


# --- What is said about it --------------------------------------------------------------------------------------------
def test_the_documentation_says_what_the_table_says() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "team.md").read_text()
    for ability in Ability:
        answers = " | ".join("yes" if role in ROLES[ability] else "no" for role in TeamRole)
        assert f"| {ability.label} | {answers} |" in page
    days, minutes = INVITATION_LIFE.days, RESEND_AFTER.seconds // 60
    for words in (f"{days} days", f"{minutes} minutes", f"{TEAM_SIZE} people", f"{INVITATIONS_A_DAY} invitations"):
        assert words in page
