"""What was said in one conversation, as one of the two sees it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import acts_for
from inbox.enums import Filter
from inbox.extensions import Card, actions_for, load_cards
from inbox.limits import MESSAGES_PAGE
from inbox.models import Attachment, Conversation, Message
from inbox.selectors.lists import list_lines
from inbox.selectors.people import answers_of, standing_between, standing_of
from inbox.selectors.pulse import Reading, reading_of
from marketplace.kernel import clock

REPORTABLE = 20  # of the other's latest messages, one may be named in a report


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message as this viewer sees it."""

    message: Message
    card: Card | None
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The part of a conversation that a page or an update shows.

    `earlier`: the sequence number before which there is more, 0 if there isn't. `later`: newer messages are left out.
    """

    entries: list[Entry]
    changed: list[Entry]
    earlier: int
    later: bool
    seen: bool
    reading: Reading

    @property
    def pages(self) -> list[str]:
        """The paths of what its cards show."""
        return [entry.card.page for entry in (*self.entries, *self.changed) if entry.card and entry.card.page]


def attachment_for(*, viewer: User, public_id: str, pictures: bool = False) -> Attachment:
    """Http404 when `viewer` is not in the conversation to which the file was sent. `pictures`: those with a preview."""
    seen = Conversation.objects.of_any(acts_for(viewer, Ability.ANSWER))
    mine = Attachment.objects.filter(message__conversation__in=seen)
    if pictures:
        mine = mine.exclude(thumbnail="")
    return get_object_or_404(mine.select_related("message"), public_id=public_id)


def message_for(*, conversation: Conversation, sequence: int) -> Message:
    """Http404 when nothing in `conversation` has this number."""
    return get_object_or_404(conversation.messages.all(), sequence=sequence)


def reportable_messages(*, conversation: Conversation, viewer: User) -> QuerySet[Message]:
    """The other's latest messages, the newest first."""
    latest = (
        conversation.messages.exclude(Q(author=viewer) | Q(on_behalf_of=viewer))
        .order_by("-sequence")
        .values("pk")[:REPORTABLE]
    )
    return conversation.messages.filter(pk__in=latest).order_by("-sequence")


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    return (
        conversation.messages.select_related("author", "on_behalf_of")
        .prefetch_related("attachments")
        .order_by("sequence")
    )


def thread_page(
    *,
    conversation: Conversation,
    viewer: User,
    before: int | None = None,
    at: int | None = None,
    size: int = MESSAGES_PAGE,
) -> Thread:
    """The latest messages, those before a sequence number, or those around the one with the number `at`."""
    reading = reading_of(conversation=conversation, viewer=viewer)
    end = reading.version
    if at is not None:
        end = _end_around(conversation, at, size) or end
    elif before is not None:
        end = before - 1
    found = list(messages_of(conversation).filter(sequence__lte=end).reverse()[: size + 1])
    shown = found[:size][::-1]
    latest = _latest(conversation)
    return Thread(
        entries=_entries(shown, _cards(shown, viewer), viewer),
        changed=[],
        earlier=shown[0].sequence if len(found) > size else 0,
        later=latest is not None and end < min(latest[1], reading.version),
        seen=_seen(latest, viewer, reading),
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
        later=False,
        seen=_seen(_latest(conversation), viewer, reading),
        reading=reading,
    )


def time_there(user: User) -> str:
    """What a clock on the wall of `user` says: "15:20"."""
    return f"{clock.now().astimezone(ZoneInfo(user.timezone)):%H:%M}"


def conversation_page(
    *,
    conversation: Conversation,
    viewer: User,
    before: int | None = None,
    at: int | None = None,
    size: int = MESSAGES_PAGE,
) -> dict[str, object]:
    """What `inbox/conversation.html`, and any page that extends it, shows beside its own form."""
    standing = standing_of(conversation=conversation, viewer=viewer)
    return {
        "conversation": conversation,
        "viewer": viewer,
        "other": conversation.other(viewer),
        "time_there": time_there(conversation.other(viewer)),
        "page": list_lines(viewer=viewer),
        "filters": Filter,
        "thread": thread_page(conversation=conversation, viewer=viewer, before=before, at=at, size=size),
        "standing": standing,
        "actions": actions_for(conversation, viewer) if standing.may_deal else [],
        "quick_answers": answers_of(viewer),
    }


def beginning_page(*, viewer: User, other: User) -> dict[str, object]:
    """What `inbox/start.html`, and any page that extends it, shows beside its own form: nothing was said yet."""
    return {
        "viewer": viewer,
        "other": other,
        "time_there": time_there(other),
        "page": list_lines(viewer=viewer),
        "filters": Filter,
        "standing": standing_between(viewer=viewer, other=other),
    }


def _end_around(conversation: Conversation, at: int, size: int) -> int | None:
    """The last sequence number of a page that has `at` in its middle; None if it is nearer to the end than that."""
    after = conversation.messages.filter(sequence__gt=at).order_by("sequence").values_list("sequence", flat=True)
    return next(iter(after[size // 2 - 1 : size // 2]), None)


def _cards(messages: Iterable[Message], viewer: User) -> dict[tuple[str, str], Card]:
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for message in messages:
        if message.kind:
            wanted[message.kind].add(message.reference)
    return load_cards(wanted, viewer)


def _entries(messages: list[Message], cards: dict[tuple[str, str], Card], viewer: User) -> list[Entry]:
    return [
        Entry(message=message, card=cards.get((message.kind, message.reference)), mine=message.side_id == viewer.pk)
        for message in messages
    ]


def _latest(conversation: Conversation) -> tuple[int, int] | None:
    """Whose side said the last thing, and its sequence number."""
    side = Coalesce("on_behalf_of", "author")
    return conversation.messages.order_by("-sequence").values_list(side, "sequence").first()


def _seen(latest: tuple[int, int] | None, viewer: User, reading: Reading) -> bool:
    """Whether the last thing said is the viewer's own and the other has read it."""
    return latest is not None and latest[0] == viewer.pk and latest[1] <= reading.read_by_other
