"""Closed sets of support."""

from django.db.models import TextChoices


class Act(TextChoices):
    """What a decision about money does."""

    CANCEL = "cancel", "Cancel and divide what is held"
    GIVE_BACK = "give_back", "Give back what was accepted"


class Answer(TextChoices):
    """What became of a decision about money; above the limit a second agent has to confirm it."""

    ALONE = "alone", "Done by one agent"
    WAITING = "waiting", "Waits for a second agent"
    CONFIRMED = "confirmed", "Confirmed"
    TURNED_DOWN = "turned_down", "Turned down"
