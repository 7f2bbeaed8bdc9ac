"""What notices are about, and where the mail of one stands."""

from django.db.models import TextChoices


class Group(TextChoices):
    """Kinds that a person switches on and off together."""

    ORDERS = "orders", "Orders and milestones"
    OFFERS = "offers", "Offers and requests"
    MESSAGES = "messages", "Messages"
    MONEY = "money", "Payments and earnings"
    ACCOUNT = "account", "Your account"


class EmailState(TextChoices):
    PENDING = "pending", "to be sent"
    SENDING = "sending", "being sent"
    SENT = "sent", "sent"
    SKIPPED = "skipped", "not wanted"
    FAILED = "failed", "can’t be delivered"
