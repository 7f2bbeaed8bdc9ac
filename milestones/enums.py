"""Closed sets of the milestones app."""

from django.db.models import TextChoices


class PackageTier(TextChoices):
    BASIC = "basic", "Basic"
    STANDARD = "standard", "Standard"
    PREMIUM = "premium", "Premium"


class RevisionScope(TextChoices):
    """Whether revisions are counted for the whole order or for each milestone (R-POL-2)."""

    ORDER = "order", "The whole order"
    MILESTONE = "milestone", "Each milestone"


class PayoutRelease(TextChoices):
    """Whether accepted money clears by milestone or when the order is completed (R-POL-2)."""

    ORDER = "order", "When the order is completed"
    MILESTONE = "milestone", "As each milestone is accepted"


class OrderType(TextChoices):
    """How the buyer pays (R-OFR-2, R-ORD-1)."""

    SINGLE = "single", "Single payment"
    MILESTONES = "milestones", "Milestones"
    SUBSCRIPTION = "subscription", "Subscription"
