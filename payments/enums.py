"""Closed sets of payments."""

from django.db.models import TextChoices


class ChargeState(TextChoices):
    PENDING = "pending", "Waiting for a worker"
    SUBMITTING = "submitting", "Being sent to the bank"
    UNKNOWN = "unknown", "No answer yet"
    PROCESSING = "processing", "With the bank"
    AWAITING_PAYER = "awaiting_payer", "Waiting for the buyer"
    DECLINED = "declined", "Declined"
    ACTION_REQUIRED = "action_required", "The bank wants the buyer"
    SUCCEEDED = "succeeded", "Paid"
    WITHDRAWING = "withdrawing", "Being withdrawn"
    WITHDRAWN = "withdrawn", "Withdrawn"
    QUARANTINED = "quarantined", "Held back for support"


IN_FLIGHT = frozenset(
    {
        ChargeState.SUBMITTING,
        ChargeState.UNKNOWN,
        ChargeState.PROCESSING,
        ChargeState.SUCCEEDED,
        ChargeState.QUARANTINED,
    }
)


class MethodState(TextChoices):
    """Of a saved method. DETACHING: its owner removed it, and a worker makes the provider forget it."""

    ACTIVE = "active", "Kept"
    DETACHING = "detaching", "Being removed"
    DETACHED = "detached", "Removed"


class ChargeActor(TextChoices):
    """Who moves a charge. OWNER is the app that opened it; PROVIDER is the truth read from Stripe."""

    OWNER = "owner", "Whoever opened it"
    PAYER = "payer", "Buyer"
    WORKER = "worker", "Worker"
    PROVIDER = "provider", "Payment provider"


class Outcome(TextChoices):
    """What the app that opened a charge is told about it."""

    NONE = "", "Nothing yet"
    SUCCEEDED = "succeeded", "Paid"
    DECLINED = "declined", "Declined"
    ACTION_REQUIRED = "action_required", "The bank wants the buyer"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AttemptMode(TextChoices):
    SAVED = "saved", "Saved method, off-session"
    CHECKOUT = "checkout", "Hosted page"


class AttemptState(TextChoices):
    """QUEUED: takes no money yet. LIVE: could take money. SURPLUS: took money that the charge had already."""

    QUEUED = "queued", "Queued"
    LIVE = "live", "Live"
    SUCCEEDED = "succeeded", "Captured"
    SURPLUS = "surplus", "Captured a second time"
    CLOSED = "closed", "Closed"
    QUARANTINED = "quarantined", "Does not match"


UNCLOSED = frozenset({AttemptState.QUEUED, AttemptState.LIVE})


class RefundState(TextChoices):
    PENDING = "pending", "Waiting for a worker"
    SUBMITTING = "submitting", "Being sent to the bank"
    UNKNOWN = "unknown", "No answer yet"
    PROCESSING = "processing", "With the bank"
    SUCCEEDED = "succeeded", "Refunded"
    FAILED = "failed", "Failed"
    QUARANTINED = "quarantined", "Held back for support"


class RefundKind(TextChoices):
    """Whose money goes back: where the charge's money stood when the refund was asked for, or a dispute was lost."""

    HELD = "held", "Held money"
    ACCRUED = "accrued", "Accepted, not released"
    RELEASED = "released", "Released, not sent to the seller"
    PAID_OUT = "paid_out", "Sent to the seller"
    SURPLUS = "surplus", "Paid twice"


class RefundOrigin(TextChoices):
    OURS = "ours", "Asked for here"
    PROVIDER = "provider", "Made in Stripe’s dashboard"


class TransferState(TextChoices):
    """WAITING: payable to the seller, until it clears, no hold stands and the seller can be paid."""

    WAITING = "waiting", "Waiting"
    PENDING = "pending", "Waiting for a worker"
    SUBMITTING = "submitting", "Being sent"
    UNKNOWN = "unknown", "No answer yet"
    SUCCEEDED = "succeeded", "Sent to the seller"
    CLOSED = "closed", "Nothing left to send"
    QUARANTINED = "quarantined", "Held back for support"


ON_THE_WAY = frozenset({TransferState.PENDING, TransferState.SUBMITTING, TransferState.UNKNOWN})


class ReversalState(TextChoices):
    PENDING = "pending", "Waiting for a worker"
    SUBMITTING = "submitting", "Being sent"
    UNKNOWN = "unknown", "No answer yet"
    SUCCEEDED = "succeeded", "Taken back"
    FAILED = "failed", "The seller’s account has not got it"
    QUARANTINED = "quarantined", "Held back for support"


class HoldKind(TextChoices):
    """Why nothing is sent to a seller."""

    CHARGEBACK = "chargeback", "Chargeback"
    CASE = "case", "Open case"
    SUPPORT = "support", "Held by support"


class DisputeState(TextChoices):
    """INQUIRY: the bank asks, no money has moved."""

    INQUIRY = "inquiry", "The bank asks"
    NEEDS_RESPONSE = "needs_response", "Waiting for our evidence"
    UNDER_REVIEW = "under_review", "With the bank"
    WON = "won", "Won"
    LOST = "lost", "Lost"
    CLOSED = "closed", "Closed without a chargeback"


class DisputeOutcome(TextChoices):
    """What the app that opened the charge is told about its dispute."""

    NONE = "", "Nothing yet"
    ASKED = "asked", "The bank asks"
    OPENED = "opened", "Opened"
    WON = "won", "Won"
    LOST = "lost", "Lost"
    CLOSED = "closed", "Closed"


class EvidenceState(TextChoices):
    """How far our side of a dispute has come. Sent once: the bank takes no more after that."""

    DRAFT = "draft", "Not sent"
    QUEUED = "queued", "Being sent"
    SENT = "sent", "Sent to the bank"


class EventState(TextChoices):
    RECEIVED = "received", "Received"
    DONE = "done", "Done"
    IGNORED = "ignored", "Not of interest"
    ORPHAN = "orphan", "About nothing we know"


class AccountKind(TextChoices):
    """Kinds of ledger accounts. A dimension (a group, a person) tells accounts of one kind apart."""

    PSP_BALANCE = "psp_balance", "Balance at the payment provider"
    PSP_FEES = "psp_fees", "Fees of the payment provider"
    HELD = "held", "Held for an order"
    FEE_HELD = "fee_held", "Buyer fee, held"
    SURPLUS = "surplus", "Paid twice, to go back"
    SELLER_ACCRUED = "seller_accrued", "Accepted, the seller’s part"
    COMMISSION_ACCRUED = "commission_accrued", "Accepted, commission"
    FEE_ACCRUED = "fee_accrued", "Accepted, buyer fee"
    SELLER_PAYABLE = "seller_payable", "Owed to a seller"
    COMMISSION_REVENUE = "commission_revenue", "Commission earned"
    FEE_REVENUE = "fee_revenue", "Buyer fees earned"
    REFUND_CLEARING = "refund_clearing", "Refunds under way"
    PAYOUT_CLEARING = "payout_clearing", "On the way to a seller"
    SELLER_RECEIVABLE = "seller_receivable", "Owed by a seller"
    DISPUTE_RECEIVABLE = "dispute_receivable", "Taken by a chargeback, not decided"
    DISPUTE_FEES = "dispute_fees", "Fees of chargebacks"
    BAD_DEBT = "bad_debt", "Written off"
    BANK = "bank", "The platform’s own bank"


DEBIT_ACCOUNTS = frozenset(
    {
        AccountKind.PSP_BALANCE,
        AccountKind.PSP_FEES,
        AccountKind.SELLER_RECEIVABLE,
        AccountKind.DISPUTE_RECEIVABLE,
        AccountKind.DISPUTE_FEES,
        AccountKind.BAD_DEBT,
        AccountKind.BANK,
    }
)
OVERDRAWABLE = frozenset({AccountKind.PSP_BALANCE, AccountKind.BANK})


class EntryKind(TextChoices):
    CAPTURED = "captured", "Charged to the buyer"
    SURPLUS_CAPTURED = "surplus_captured", "Charged a second time"
    PSP_FEE = "psp_fee", "Fee of the payment provider"
    ACCEPTED = "accepted", "Accepted"
    RELEASED = "released", "Released to the seller"
    REFUND_REQUESTED = "refund_requested", "Refund under way"
    REFUND_SUCCEEDED = "refund_succeeded", "Refunded to the buyer"
    REFUND_FAILED = "refund_failed", "Refund failed"
    TRANSFER_REQUESTED = "transfer_requested", "On the way to the seller"
    TRANSFER_SUCCEEDED = "transfer_succeeded", "Sent to the seller"
    TRANSFER_FAILED = "transfer_failed", "Could not be sent"
    TRANSFER_REVERSED = "transfer_reversed", "Taken back from the seller"
    RECEIVABLE_NETTED = "receivable_netted", "Kept for what the seller owed"
    WRITTEN_OFF = "written_off", "Written off"
    DISPUTE_WITHDRAWN = "dispute_withdrawn", "Taken by a chargeback"
    DISPUTE_WON = "dispute_won", "Chargeback won"
    DISPUTE_LOST = "dispute_lost", "Chargeback lost"
    PROVIDER_PAYOUT = "provider_payout", "Paid to the platform’s bank"


class DocumentKind(TextChoices):
    INVOICE = "invoice", "Invoice"
    CREDIT_NOTE = "credit_note", "Credit note"
    STATEMENT = "statement", "Statement"
    MONTH_STATEMENT = "month_statement", "Month statement"


class StatementSide(TextChoices):
    """Whose paper it is."""

    BUYER = "buyer", "Buyer"
    SELLER = "seller", "Seller"


class AuditKind(TextChoices):
    """What a check of the money compared: the books with themselves, or the books with the provider's."""

    BOOKS = "books", "The ledger’s invariants"
    PROVIDER = "provider", "The ledger against Stripe’s balance"


class Difference(TextChoices):
    """MISSING: we booked what the provider does not list. EXTRA: it lists what we did not book. CURRENCY: both know it,
    each in another currency.
    """

    MISSING = "missing", "Missing at Stripe"
    EXTRA = "extra", "Not in our books"
    DIFFERENT = "different", "Different sums"
    CURRENCY = "currency", "Settled in another currency"
    BROKEN = "broken", "An invariant that does not hold"
