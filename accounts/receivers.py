"""What follows when allauth has changed how a person signs in."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver

from accounts.models import User
from accounts.services import revoke_every_token, stop_calendar
from marketplace.kernel import clock


@receiver([password_changed, password_reset, password_set])
def end_secrets(user: User, **_signal: Any) -> None:
    """allauth ends the other sessions; what else was made or read by whoever knew the old password must not outlive it
    either.
    """
    revoke_every_token(user=user, now=clock.now())
    stop_calendar(user=user)
