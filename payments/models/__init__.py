"""Charges, refunds, disputes, payouts, saved methods, webhook events and the books."""

from payments.models.audits import Audit
from payments.models.charges import Charge, ChargeAttempt
from payments.models.disputes import Dispute
from payments.models.documents import Document, DocumentSeries
from payments.models.ledger import JournalEntry, LedgerAccount, Posting
from payments.models.methods import ProviderCustomer, SavedMethod
from payments.models.payouts import ConnectedAccount, PayoutHold, Transfer, TransferReversal
from payments.models.refunds import Refund
from payments.models.webhooks import WebhookEvent

__all__ = [
    "Audit",
    "Charge",
    "ChargeAttempt",
    "ConnectedAccount",
    "Dispute",
    "Document",
    "DocumentSeries",
    "JournalEntry",
    "LedgerAccount",
    "PayoutHold",
    "Posting",
    "ProviderCustomer",
    "Refund",
    "SavedMethod",
    "Transfer",
    "TransferReversal",
    "WebhookEvent",
]
