"""Charges, refunds, saved methods, webhook events and the books."""

from payments.models.charges import Charge, ChargeAttempt
from payments.models.ledger import JournalEntry, LedgerAccount, Posting
from payments.models.methods import ProviderCustomer, SavedMethod
from payments.models.refunds import Refund
from payments.models.webhooks import WebhookEvent

__all__ = [
    "Charge",
    "ChargeAttempt",
    "JournalEntry",
    "LedgerAccount",
    "Posting",
    "ProviderCustomer",
    "Refund",
    "SavedMethod",
    "WebhookEvent",
]
