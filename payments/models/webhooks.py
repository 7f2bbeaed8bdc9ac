"""The inbox of provider events: stored first, processed after. An event is a hint, never the truth."""

from typing import ClassVar

from django.db import models

from payments.enums import EventState


class WebhookEvent(models.Model):
    """One event, known by the provider's own id, so that a repeat is the same row."""

    event_id = models.CharField(max_length=80, unique=True)
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80, blank=True)
    object_type = models.CharField(max_length=40, blank=True)
    account = models.CharField(max_length=64, blank=True, help_text="The connected account it is of; empty: our own.")
    livemode = models.BooleanField()
    api_version = models.CharField(max_length=40, blank=True)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=EventState, default=EventState.RECEIVED)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=[EventState.RECEIVED.value, EventState.ORPHAN.value]),
                name="webhook_event_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.type} {self.state}"
