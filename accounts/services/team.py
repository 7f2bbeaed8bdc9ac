"""A seller's team: invite, answer, change roles, remove, leave. What each role may do is in `accounts.roles`.

Lock order: the seller's profile → invitation → member.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from accounts import errors
from accounts.enums import InvitationState, TeamRole
from accounts.limits import INVITATION_LIFE, INVITATIONS_A_DAY, RESEND_AFTER, TEAM_SIZE
from accounts.models import SellerProfile, TeamInvitation, TeamMember, User
from accounts.roles import INVITED
from accounts.selectors import invitations_of, owns_address, state_of, team_of
from accounts.services.tokens import hash_secret
from accounts.signals import invitation_written, team_changed
from marketplace.kernel.errors import Unknown

DAY = timedelta(hours=24)


@transaction.atomic
def invite_member(*, seller: User, email: str, role: str, now: datetime) -> TeamInvitation:
    """Send an invitation, good for INVITATION_LIFE. The mail is a row, written with it.

    Raises OnlySellersHaveTeams, NotARole, OwnTeam, AlreadyInTeam, AlreadyInvited, TeamFull, TooManyInvitations.
    """
    if not _lock_team(seller):
        raise errors.OnlySellersHaveTeams
    address = email.strip()
    _close_run_out(seller, now)
    _check_address(seller, address)
    if team_of(seller).count() + invitations_of(seller).count() >= TEAM_SIZE:
        raise errors.TeamFull(field="email", limit=TEAM_SIZE)
    _check_volume(seller, now)
    secret = secrets.token_urlsafe(32)
    invitation = TeamInvitation.objects.create(
        seller=seller,
        email=address,
        role=_role(role),
        digest=hash_secret(secret),
        invited_at=now,
        sent_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    invitation_written.send(sender=TeamInvitation, invitation=invitation, secret=secret, now=now)
    return invitation


@transaction.atomic
def resend_invitation(*, seller: User, public_id: str, now: datetime) -> TeamInvitation:
    """The mail again, with a new link that is good for INVITATION_LIFE; the link before stops working.

    Raises Unknown, SentJustNow within RESEND_AFTER, TooManyInvitations.
    """
    _lock_team(seller)
    invitation = _own_invitation(seller, public_id)
    if now < invitation.sent_at + RESEND_AFTER:
        raise errors.SentJustNow(minutes=RESEND_AFTER.seconds // 60)
    _check_volume(seller, now)
    secret = secrets.token_urlsafe(32)
    invitation.digest, invitation.sent_at = hash_secret(secret), now
    invitation.expires_at, invitation.mails = now + INVITATION_LIFE, invitation.mails + 1
    invitation.save(update_fields=["digest", "sent_at", "expires_at", "mails"])
    invitation_written.send(sender=TeamInvitation, invitation=invitation, secret=secret, now=now)
    return invitation


@transaction.atomic
def withdraw_invitation(*, seller: User, public_id: str, now: datetime) -> TeamInvitation:
    """Raises Unknown for another's, or one that was answered."""
    _lock_team(seller)
    return _close(_own_invitation(seller, public_id), InvitationState.WITHDRAWN, now)


@transaction.atomic
def accept_invitation(*, secret: str, user: User, now: datetime) -> TeamMember:
    """Join. Raises Unknown for a wrong link, InvitationClosed, InvitationOfAnother."""
    invitation = _invitation_to_answer(secret, user, now)
    _close(invitation, InvitationState.ACCEPTED, now)
    member, joined = TeamMember.objects.get_or_create(
        seller=invitation.seller, user=user, left_at=None, defaults={"role": invitation.role, "joined_at": now}
    )
    if joined:
        team_changed.send(sender=TeamMember, member=member, event="joined", now=now)
    return member


@transaction.atomic
def decline_invitation(*, secret: str, user: User, now: datetime) -> TeamInvitation:
    """Say no; the seller sees it. Raises what accepting does."""
    return _close(_invitation_to_answer(secret, user, now), InvitationState.DECLINED, now)


@transaction.atomic
def change_role(*, seller: User, public_id: str, role: str, now: datetime) -> TeamMember:
    """At once. Raises Unknown, NotARole."""
    member = _member(public_id, seller=seller)
    if member.role != _role(role):
        member.role = _role(role)
        member.save(update_fields=["role"])
        team_changed.send(sender=TeamMember, member=member, event="role", now=now)
    return member


def remove_member(*, seller: User, public_id: str, now: datetime) -> TeamMember:
    """All that the person could do for the seller ends at once. Raises Unknown."""
    return _part(public_id, event="removed", now=now, seller=seller)


def leave_team(*, user: User, public_id: str, now: datetime) -> TeamMember:
    """The member's own decision. Raises Unknown."""
    return _part(public_id, event="left", now=now, user=user)


def find_invitation(*, secret: str) -> TeamInvitation:
    """What the link of a mail leads to, in any state. Raises Unknown."""
    found = TeamInvitation.objects.select_related("seller").filter(digest=hash_secret(secret)).first()
    if found is None:
        raise Unknown
    return found


def _lock_team(seller: User) -> bool:
    """Two changes of one team wait for each other. False for who sells nothing."""
    return SellerProfile.objects.select_for_update().filter(user=seller).first() is not None


def _close_run_out(seller: User, now: datetime) -> None:
    """Make room for new invitations to the same addresses."""
    run_out = invitations_of(seller).filter(expires_at__lte=now)
    run_out.update(state=InvitationState.EXPIRED, closed_at=now)


def _check_address(seller: User, email: str) -> None:
    if owns_address(seller, email):
        raise errors.OwnTeam(field="email")
    member = team_of(seller).filter(user__email__iexact=email).first()
    if member is not None:
        raise errors.AlreadyInTeam(field="email", name=member.user.display_name)
    if invitations_of(seller).filter(email__iexact=email).exists():
        raise errors.AlreadyInvited(field="email", email=email)


def _check_volume(seller: User, now: datetime) -> None:
    recent = TeamInvitation.objects.filter(seller=seller, sent_at__gt=now - DAY)
    if (recent.aggregate(mails=Sum("mails"))["mails"] or 0) >= INVITATIONS_A_DAY:
        raise errors.TooManyInvitations(field="email", limit=INVITATIONS_A_DAY)


def _role(text: str) -> TeamRole:
    if text not in INVITED:
        raise errors.NotARole(field="role")
    return TeamRole(text)


def _own_invitation(seller: User, public_id: str) -> TeamInvitation:
    found = invitations_of(seller).select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise Unknown
    return found


def _invitation_to_answer(secret: str, user: User, now: datetime) -> TeamInvitation:
    found = TeamInvitation.objects.select_for_update(of=("self",)).select_related("seller")
    invitation = found.filter(digest=hash_secret(secret)).first()
    if invitation is None:
        raise Unknown
    state, seller = state_of(invitation, now=now), invitation.seller
    if state != InvitationState.OPEN or not seller.is_active:
        raise errors.InvitationClosed(state=state.label.lower(), seller=seller.display_name)
    if seller == user or not owns_address(user, invitation.email):
        raise errors.InvitationOfAnother(email=invitation.email, yours=user.email, seller=seller.display_name)
    return invitation


def _close(invitation: TeamInvitation, state: InvitationState, now: datetime) -> TeamInvitation:
    invitation.state, invitation.closed_at = state, now
    invitation.save(update_fields=["state", "closed_at"])
    return invitation


def _member(public_id: str, **whose: User) -> TeamMember:
    found = TeamMember.objects.select_for_update(of=("self",)).select_related("seller", "user")
    member = found.filter(public_id=public_id, left_at=None, **whose).first()
    if member is None:
        raise Unknown
    return member


@transaction.atomic
def _part(public_id: str, *, event: str, now: datetime, **whose: User) -> TeamMember:
    member = _member(public_id, **whose)
    member.left_at = now
    member.save(update_fields=["left_at"])
    team_changed.send(sender=TeamMember, member=member, event=event, now=now)
    return member
