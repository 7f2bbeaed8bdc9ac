"""Changing accounts: `people`, their `tokens`, time `away`, and the answers kept for `replaying`."""

from accounts.services.away import come_back, set_away
from accounts.services.people import become_seller, update_billing, update_person, update_seller
from accounts.services.tokens import issue_token, revoke_every_token, revoke_token, use_token

__all__ = [
    "become_seller",
    "come_back",
    "issue_token",
    "revoke_every_token",
    "revoke_token",
    "set_away",
    "update_billing",
    "update_person",
    "update_seller",
    "use_token",
]
