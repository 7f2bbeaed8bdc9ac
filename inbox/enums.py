"""Closed sets of the inbox."""

from django.db import models


class ReportReason(models.TextChoices):
    SPAM = "spam", "Advertising that nobody asked for"
    SCAM = "scam", "A trick, or asks to pay outside of Milepost"
    ABUSE = "abuse", "Insults, threats or harassment"
    CONTENT = "content", "Something illegal or indecent"
    OTHER = "other", "Something else"


class Filter(models.TextChoices):
    """What the list of conversations shows."""

    ALL = "", "All"
    UNREAD = "unread", "Unread"
    OFFERS = "offers", "With offers"
