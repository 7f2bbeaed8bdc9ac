"""Closed sets of support."""

from django.db.models import TextChoices


class Act(TextChoices):
    """What a decision about money does."""

    CANCEL = "cancel", "Cancel and divide what is held"
    GIVE_BACK = "give_back", "Give back what was accepted"


class Answer(TextChoices):
    """What became of a decision that a second agent has to confirm."""

    WAITING = "waiting", "Waits for a second agent"
    CONFIRMED = "confirmed", "Confirmed"
    TURNED_DOWN = "turned_down", "Turned down"
