"""Changing accounts: `people`, `tokens`, the `calendar` address, time `away`, and answers kept for `replaying`."""

from accounts.services.away import come_back, set_away
from accounts.services.calendar import make_calendar, renew_calendar, stop_calendar
from accounts.services.people import become_seller, update_billing, update_person, update_seller
from accounts.services.tokens import issue_token, revoke_every_token, revoke_token, use_token

__all__ = [
    "become_seller",
    "come_back",
    "issue_token",
    "make_calendar",
    "renew_calendar",
    "revoke_every_token",
    "revoke_token",
    "set_away",
    "stop_calendar",
    "update_billing",
    "update_person",
    "update_seller",
    "use_token",
]
