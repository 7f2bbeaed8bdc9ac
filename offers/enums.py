"""Closed sets of an offer's life (R-OFR-5)."""

from django.db.models import TextChoices


class OfferState(TextChoices):
    DRAFT = "draft", "Draft"
    SENT = "sent", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"
    REPLACED = "replaced", "Replaced"


class Side(TextChoices):
    """Who acts on an offer. TIMER is the beat."""

    BUYER = "buyer", "Buyer"
    SELLER = "seller", "Seller"
    TIMER = "timer", "The clock"


class Shown(TextChoices):
    """What the list of offers shows."""

    WAITING = "waiting", "Your turn"
    RECEIVED = "received", "Received"
    SENT = "sent", "Sent"
    DRAFTS = "drafts", "Drafts"
    REQUESTS = "requests", "Requests"


class Part(TextChoices):
    """What a side is to one version: who wrote it, or whom it was sent to."""

    AUTHOR = "author", "Who sent it"
    READER = "reader", "Who got it"
