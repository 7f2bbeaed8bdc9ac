"""One conversation for two people (R-OFR-1)."""

from collections.abc import Collection
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import User
from inbox.enums import ReportReason
from inbox.limits import BODY_LIMIT, REPORT_LIMIT, TITLE_LIMIT
from marketplace.kernel.identifiers import new_public_id
from marketplace.web.files import RandomName

ICONS = {  # of an attachment, by its media type or the first part of that
    "image": "image",
    "audio": "audio-lines",
    "video": "clapperboard",
    "text": "file-text",
    "application/pdf": "file-text",
    "application/zip": "file-archive",
}


def new_conversation_id() -> str:
    return new_public_id("cnv")


def new_attachment_id() -> str:
    return new_public_id("att")


def new_report_id() -> str:
    return new_public_id("rpt")


def new_answer_id() -> str:
    return new_public_id("qan")


def body_vector() -> SearchVector:
    """The words of a message as they are: people write in many languages. The index is on exactly this."""
    return SearchVector("body", config="simple")


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, user: User) -> "ConversationQuerySet":
        """Those that `user` is in; `Conversation.includes` is the same question about one. Nothing else decides it."""
        return self.filter(Q(first=user) | Q(second=user))

    def of_any(self, keys: Collection[int]) -> "ConversationQuerySet":
        """Those that one of these people is in."""
        return self.filter(Q(first__in=keys) | Q(second__in=keys))


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

    objects = ConversationQuerySet.as_manager()

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
        """Whether `user` may read and write here; see also `ConversationQuerySet.of`."""
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

    `on_behalf_of` is the one of the two for whom somebody of their team wrote it; without it the author is one of them.

    `sequence` is the conversation's version when it was written, `revised` the version when its card last changed.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
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
        indexes: ClassVar = [
            models.Index(fields=["conversation", "revised"], name="message_revised"),
            models.Index(fields=["author", "at"], name="message_author_at"),
            GinIndex(body_vector(), name="message_words"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.sequence}"

    @property
    def side_id(self) -> int:
        """The key of the one of the two who said it, or for whom it was said."""
        return self.on_behalf_of_id or self.author_id

    @property
    def voice(self) -> str:
        """ "Mila for Ines": who said it, to be read above it."""
        name = self.author.first_name
        return f"{name} for {self.on_behalf_of.first_name}" if self.on_behalf_of else name


class Attachment(models.Model):
    """A file sent with a message; `content_type` is what its bytes say, not what the sender's machine said.

    A picture has a small copy to look at, `thumbnail`, of `width` × `height` pixels.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_attachment_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to=RandomName("inbox"), max_length=200)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    thumbnail = models.FileField(upload_to=RandomName("inbox"), max_length=200, blank=True)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        """What a person calls it: the extension of its name ("PDF"), else what its bytes say."""
        extension = self.name.rpartition(".")[2] if "." in self.name else ""
        return extension.upper() if 0 < len(extension) <= 5 else self.content_type

    @property
    def icon(self) -> str:
        whole, part = self.content_type, self.content_type.partition("/")[0]
        return ICONS.get(whole) or ICONS.get(part) or "file"


class Block(models.Model):
    """`blocker` wants nothing from `blocked`; then neither can write to the other (docs/adr)."""

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="blocks")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(name="block_another", condition=~Q(blocker=F("blocked"))),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class Report(models.Model):
    """Somebody tells support of a conversation, or of one message in it. An agent resolves it with a note."""

    public_id = models.CharField(max_length=32, unique=True, default=new_report_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="reports")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=ReportReason)
    words = models.TextField(max_length=REPORT_LIMIT)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True, max_length=REPORT_LIMIT)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["reporter", "at"], name="report_reporter_at")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="report_resolved_whole",
                condition=Q(resolved_at=None, resolved_by=None, note="")
                | (~Q(resolved_at=None) & ~Q(resolved_by=None) & ~Q(note="")),
            )
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def reported(self) -> User:
        """Whom it is about."""
        return self.conversation.other(self.reporter)


class QuickAnswer(models.Model):
    """Words that a person writes often, kept under a name; `{name}` becomes the other's first name."""

    public_id = models.CharField(max_length=32, unique=True, default=new_answer_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="quick_answers")
    title = models.CharField(max_length=TITLE_LIMIT)
    text = models.TextField(max_length=BODY_LIMIT)

    class Meta:
        ordering: ClassVar = [Lower("title"), "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("owner", Lower("title"), name="quick_answer_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def filled_for(self, other: User) -> str:
        return self.text.replace("{name}", other.first_name)
