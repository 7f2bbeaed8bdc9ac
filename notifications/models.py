"""A Notification is what a person is told; a Letter is a mail to an address. While unsent, the rows are the outbox."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.identifiers import new_public_id
from notifications.enums import EmailState, Group


def new_notification_id() -> str:
    return new_public_id("ntf")


def new_letter_id() -> str:
    return new_public_id("ltr")


class Outgoing(models.Model):
    """What every row of the outbox has: where its mail stands."""

    email_state = models.CharField(max_length=10, choices=EmailState.choices, default=EmailState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(
        default=clock.now, help_text="When the mail is due; while it is being sent, when the attempt counts as dead"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Notification(Outgoing):
    """One event for one person. The words are made when it is read, in the reader's language and time zone."""

    public_id = models.CharField(max_length=32, unique=True, default=new_notification_id, editable=False)
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=300)
    dedupe_key = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "dedupe_key"], name="notification_once"),
            models.CheckConstraint(condition=Q(email_state__in=EmailState.values), name="notification_email_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-created_at"], name="notification_newest"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(email_state__in=["pending", "sending"]), name="notification_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.recipient_id}"


class Letter(Outgoing):
    """A mail about an account itself (confirm this address, a new password), which may go to nobody's address.

    Its link is a secret, so text and link are blanked once the mail is sent.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_letter_id, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    link = models.CharField(max_length=1000, blank=True)
    action = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email_state__in=EmailState.values), name="letter_email_state"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(email_state__in=["pending", "sending"]), name="letter_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} for {self.to}"


class Preference(models.Model):
    """Whether mails of a group are wanted; without a row they are. The list in the app has everything always."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=20, choices=Group.choices)
    email = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "group"], name="preference_once"),
            models.CheckConstraint(condition=Q(group__in=Group.values), name="preference_group"),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {'mail' if self.email else 'no mail'}"
