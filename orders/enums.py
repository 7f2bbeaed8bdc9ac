"""Closed sets of an order's life (R-ORD-3, R-ORD-4)."""

from django.db.models import TextChoices


class OrderState(TextChoices):
    PENDING_PAYMENT = "pending_payment", "Waiting for payment"
    AWAITING_REQUIREMENTS = "awaiting_requirements", "Waiting for requirements"
    ACTIVE = "active", "Active"
    AWAITING_NEXT_PAYMENT = "awaiting_next_payment", "Waiting for the next payment"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"
    ABANDONED = "abandoned", "Never paid"


FINAL_ORDER_STATES = frozenset({OrderState.COMPLETED, OrderState.CANCELLED, OrderState.ABANDONED})


class MilestoneState(TextChoices):
    PLANNED = "planned", "Planned"
    SCHEDULED = "scheduled", "Begins on its date"
    CHARGING = "charging", "Being charged"
    PAYMENT_FAILED = "payment_failed", "Payment failed"
    ACTION_REQUIRED = "action_required", "Payment needs you"
    IN_PROGRESS = "in_progress", "In progress"
    DELIVERED = "delivered", "Delivered"
    IN_REVISION = "in_revision", "In revision"
    ACCEPTED = "accepted", "Accepted"
    NOT_STARTED = "not_started", "Not started"
    CANCELLED = "cancelled", "Cancelled"
    CHARGED_BACK = "charged_back", "Charged back"


UNDER_WAY = frozenset(
    {
        MilestoneState.SCHEDULED,
        MilestoneState.CHARGING,
        MilestoneState.PAYMENT_FAILED,
        MilestoneState.ACTION_REQUIRED,
        MilestoneState.IN_PROGRESS,
        MilestoneState.DELIVERED,
        MilestoneState.IN_REVISION,
    }
)


class Completion(TextChoices):
    """Why a completed order ended (R-ORD-4)."""

    FINISHED = "finished", "Finished"
    STOPPED = "stopped", "Stopped by the buyer"
    REVIEW_LAPSED = "review_lapsed", "Review time ran out"
    PAYMENT_LAPSED = "payment_lapsed", "Next payment never came"
    SUBSCRIPTION_ENDED = "subscription_ended", "Subscription ended"
    ENDED_BY_SUPPORT = "ended_by_support", "Ended by support"


class Role(TextChoices):
    """Who acts on an order. TIMER is the beat; PAYMENTS is the answer of the bank."""

    BUYER = "buyer", "Buyer"
    SELLER = "seller", "Seller"
    SUPPORT = "support", "Support"
    TIMER = "timer", "The clock"
    PAYMENTS = "payments", "The payment"


class ExtensionState(TextChoices):
    NONE = "none", "Not asked"
    ASKED = "asked", "Asked"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"


class CancelReason(TextChoices):
    """Why support cancels (R-SUP-2)."""

    SELLER_UNABLE = "seller_unable", "The seller can’t do the work"
    NOT_DELIVERED = "not_delivered", "Nothing was delivered in time"
    NOT_AS_AGREED = "not_as_agreed", "The delivery is not what was agreed"
    BOTH_AGREE = "both_agree", "Both sides agree to end it"
    BUYER_UNREACHABLE = "buyer_unreachable", "The buyer doesn’t answer"
    POLICY = "policy", "It breaks the marketplace’s terms"
    FRAUD = "fraud", "Suspected fraud"
