"""Telling about teams: accounts stand below and send signals, in the transaction of what they tell."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse

from accounts.models import TeamInvitation, TeamMember
from accounts.signals import invitation_written, team_changed
from notifications.notices import TEAM_NOTICES
from notifications.services.notifying import notify
from notifications.services.writing import write_letter

TO_OWNER = ("joined", "left")


@receiver(invitation_written)
def write_invitation(invitation: TeamInvitation, secret: str, now: datetime, **_signal: Any) -> None:
    """A letter, for the address may be of nobody here; the link is forgotten once it is sent."""
    seller, role = invitation.seller.display_name, invitation.get_role_display().lower()
    days = (invitation.expires_at - now).days
    write_letter(
        to=invitation.email,
        subject=f"{seller} invites you to their team on Milepost",
        text=f"{seller} would like you to work with them as {role}. The next page says what that lets you do. "
        f"The invitation is good for {days} days. If you don’t know {seller}, do nothing: nobody joins by itself.",
        link=f"{settings.SITE_URL}{reverse('accounts:join', args=[secret])}",
        action="See the invitation",
        now=now,
    )


@receiver(team_changed)
def tell_of_team(member: TeamMember, event: str, now: datetime, **_signal: Any) -> None:
    """Who came or went, to the owner; what was decided about somebody, to them."""
    notify(
        recipient=member.seller if event in TO_OWNER else member.user,
        kind=TEAM_NOTICES[event],
        data={
            "member": member.user.display_name,
            "seller": member.seller.display_name,
            "role": member.get_role_display().lower(),
        },
        url=reverse("accounts:team"),
        dedupe_key=f"team:{member.public_id}:{event}:{now.isoformat()}",
        now=now,
    )
