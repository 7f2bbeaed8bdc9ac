"""One conversation for two people (R-OFR-1)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from marketplace.kernel.identifiers import new_public_id
from marketplace.web.files import RandomName

BODY_LIMIT = 5000


def new_conversation_id() -> str:
    return new_public_id("cnv")


def new_attachment_id() -> str:
    return new_public_id("att")


class Conversation(models.Model):
    """Two people, in the order of their ids, so that the pair is unique whoever began.

    `version` counts every change under the row's lock, so a reader that has seen version n asks for what came after n.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_conversation_id, editable=False)
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    latest = models.ForeignKey("Message", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    active_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-active_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="conversation_pair"),
            models.CheckConstraint(name="conversation_pair_ordered", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("inbox:conversation", args=[self.public_id])

    @property
    def latest_url(self) -> str:
        """The page at its newest message."""
        return f"{self.get_absolute_url()}#latest"

    def includes(self, user: User) -> bool:
        return user.pk in (self.first_id, self.second_id)

    def other(self, user: User) -> User:
        """Whom `user` is talking to."""
        return self.second if user.pk == self.first_id else self.first


class Participant(models.Model):
    """How far one of the two has read: `read_version` is the conversation's version that they saw."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="participations")
    read_version = models.PositiveIntegerField(default=0)
    last_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["conversation", "user"], name="participant_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"


class Message(models.Model):
    """Something said, or a card of another app (`kind` and `reference`; `body` is then its one-line summary).

    `sequence` is the conversation's version when it was written, `revised` the version when its card last changed.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField()
    revised = models.PositiveIntegerField()
    kind = models.SlugField(max_length=20, blank=True)
    reference = models.CharField(max_length=32, blank=True)
    body = models.TextField(blank=True, max_length=BODY_LIMIT)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "sequence"], name="message_sequence"),
            models.UniqueConstraint(fields=["kind", "reference"], condition=~Q(kind=""), name="message_card_once"),
            models.CheckConstraint(
                name="message_card_whole",
                condition=Q(kind="", reference="") | (~Q(kind="") & ~Q(reference="")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["conversation", "revised"], name="message_revised")]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.sequence}"


class Attachment(models.Model):
    """A file sent with a message; `content_type` is what its bytes say, not what the sender's machine said."""

    public_id = models.CharField(max_length=32, unique=True, default=new_attachment_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to=RandomName("inbox"), max_length=200)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
