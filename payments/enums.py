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
    """Whose money goes back: what the order held, or a second capture that nobody wanted."""

    HELD = "held", "Held money"
    SURPLUS = "surplus", "Paid twice"


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


DEBIT_ACCOUNTS = frozenset({AccountKind.PSP_BALANCE, AccountKind.PSP_FEES})
OVERDRAWABLE = frozenset({AccountKind.PSP_BALANCE})


class EntryKind(TextChoices):
    CAPTURED = "captured", "Charged to the buyer"
    SURPLUS_CAPTURED = "surplus_captured", "Charged a second time"
    PSP_FEE = "psp_fee", "Fee of the payment provider"
    ACCEPTED = "accepted", "Accepted"
    RELEASED = "released", "Released to the seller"
    REFUND_REQUESTED = "refund_requested", "Refund under way"
    REFUND_SUCCEEDED = "refund_succeeded", "Refunded to the buyer"
    REFUND_FAILED = "refund_failed", "Refund failed"
