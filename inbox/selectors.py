"""What one person may see of their conversations. Every function takes a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from accounts.models import User
from inbox.extensions import Card, actions_for, load_cards
from inbox.models import Attachment, Conversation, Message, Participant
from marketplace.kernel import clock

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

PAGE = 60


class Counted(TypedDict):
    """What `conversations_of` adds to each row."""

    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A conversation in the list."""

    conversation: Conversation
    other: User
    unread: int
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message as this viewer sees it."""

    message: Message
    card: Card | None
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Where the conversation stands and how far the other has read it."""

    version: int
    read_by_other: int

    @property
    def tag(self) -> str:
        """Changes whenever the page would: by a message, by a changed card, or by the other's reading."""
        return f"{self.version}.{self.read_by_other}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The part of a conversation that a page or an update shows."""

    entries: list[Entry]
    changed: list[Entry]
    earlier: int
    seen: bool
    reading: Reading


def _unread(user: User) -> Coalesce:
    """How many messages of the other came after what `user` has read."""
    read = Participant.objects.filter(conversation=OuterRef("conversation"), user=user).values("read_version")
    counted = (
        Message.objects.filter(conversation=OuterRef("pk"), sequence__gt=Subquery(read))
        .exclude(author=user)
        .order_by()
        .values("conversation")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted), 0)


def _begun(user: User) -> QuerySet[Conversation]:
    """The conversations of `user` in which something was said."""
    return Conversation.objects.filter(Q(first=user) | Q(second=user), latest__isnull=False)


def conversations_of(user: User) -> "QuerySet[WithAnnotations[Conversation, Counted]]":
    """The conversations of `user`, the most recent first, each with `unread`."""
    found = _begun(user).select_related("first", "second", "latest")
    return found.annotate(unread=_unread(user)).order_by("-active_at", "-pk")


def list_lines(*, viewer: User, search: str = "", limit: int = 100) -> list[Line]:
    """The list beside the conversation; `search` looks in the other's name."""
    found = conversations_of(viewer)
    if search:
        found = found.filter(
            Q(first=viewer, second__name__icontains=search) | Q(second=viewer, first__name__icontains=search)
        )
    return [
        Line(
            conversation=conversation,
            other=conversation.other(viewer),
            unread=conversation.unread,
            mine=conversation.latest is not None and conversation.latest.author_id == viewer.pk,
        )
        for conversation in found[:limit]
    ]


def unread_conversations(user: User) -> int:
    """In how many conversations something waits to be read, for the badge in the header."""
    return _begun(user).annotate(unread=_unread(user)).filter(unread__gt=0).count()


def conversation_for(*, viewer: User, public_id: str) -> Conversation:
    """Http404 when there is none or when `viewer` is not one of its two."""
    mine = Conversation.objects.filter(Q(first=viewer) | Q(second=viewer)).select_related("first", "second")
    return get_object_or_404(mine, public_id=public_id)


def conversation_between(*, viewer: User, other: User) -> Conversation | None:
    pair = Q(first=viewer, second=other) | Q(first=other, second=viewer)
    return Conversation.objects.filter(pair).select_related("first", "second").first()


def attachment_for(*, viewer: User, public_id: str) -> Attachment:
    """Http404 when `viewer` is not one of the two between whom the file was sent."""
    seen = Q(message__conversation__first=viewer) | Q(message__conversation__second=viewer)
    return get_object_or_404(Attachment.objects.filter(seen).select_related("message"), public_id=public_id)


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    return conversation.messages.select_related("author").prefetch_related("attachments").order_by("sequence")


def reading_of(*, conversation: Conversation, viewer: User) -> Reading:
    """Read before the messages, so that a page never claims a version of which it shows less."""
    found = Participant.objects.filter(conversation=conversation).exclude(user=viewer)
    version, read_by_other = found.values_list("conversation__version", "read_version").get()
    return Reading(version=version, read_by_other=read_by_other)


def thread_page(*, conversation: Conversation, viewer: User, before: int | None = None, size: int = PAGE) -> Thread:
    """The latest messages, or those before a sequence number."""
    reading = reading_of(conversation=conversation, viewer=viewer)
    end = reading.version if before is None else before - 1
    latest = list(messages_of(conversation).filter(sequence__lte=end).reverse()[: size + 1])
    shown = latest[:size][::-1]
    cards = _cards(shown, viewer)
    return Thread(
        entries=_entries(shown, cards, viewer),
        changed=[],
        earlier=shown[0].sequence if len(latest) > size else 0,
        seen=_seen(conversation, viewer, reading),
        reading=reading,
    )


def thread_news(*, conversation: Conversation, viewer: User, after: int) -> Thread:
    """What is new since version `after`, and the cards that have changed since."""
    reading = reading_of(conversation=conversation, viewer=viewer)
    touched = list(messages_of(conversation).filter(revised__gt=after, sequence__lte=reading.version))
    cards = _cards(touched, viewer)
    return Thread(
        entries=_entries([message for message in touched if message.sequence > after], cards, viewer),
        changed=_entries([message for message in touched if message.sequence <= after], cards, viewer),
        earlier=0,
        seen=_seen(conversation, viewer, reading),
        reading=reading,
    )


def time_there(user: User) -> str:
    """What a clock on the wall of `user` says: "15:20"."""
    return f"{clock.now().astimezone(ZoneInfo(user.timezone)):%H:%M}"


def conversation_page(
    *, conversation: Conversation, viewer: User, before: int | None = None, size: int = PAGE
) -> dict[str, object]:
    """What `inbox/conversation.html`, and any page that extends it, shows beside its own form."""
    return {
        "conversation": conversation,
        "viewer": viewer,
        "other": conversation.other(viewer),
        "time_there": time_there(conversation.other(viewer)),
        "lines": list_lines(viewer=viewer),
        "thread": thread_page(conversation=conversation, viewer=viewer, before=before, size=size),
        "actions": actions_for(conversation, viewer),
    }


def _cards(messages: Iterable[Message], viewer: User) -> dict[tuple[str, str], Card]:
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for message in messages:
        if message.kind:
            wanted[message.kind].add(message.reference)
    return load_cards(wanted, viewer)


def _entries(messages: list[Message], cards: dict[tuple[str, str], Card], viewer: User) -> list[Entry]:
    return [
        Entry(message=message, card=cards.get((message.kind, message.reference)), mine=message.author_id == viewer.pk)
        for message in messages
    ]


def _seen(conversation: Conversation, viewer: User, reading: Reading) -> bool:
    """Whether the last thing said is the viewer's own and the other has read it."""
    latest = conversation.messages.order_by("-sequence").values_list("author_id", "sequence").first()
    return latest is not None and latest[0] == viewer.pk and latest[1] <= reading.read_by_other
