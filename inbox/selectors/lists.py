"""The conversations of one person: whole, filtered, a page at a time."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from inbox.actors import side_of
from inbox.enums import Filter
from inbox.limits import CONVERSATIONS_PAGE
from inbox.models import Conversation, Message, Participant
from marketplace.kernel.errors import Unknown

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"(\d{1,17})-(\d{1,18})")


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
class LinePage:
    """`older` names the place from which the next page goes on; empty on the last."""

    lines: list[Line]
    older: str


def conversations_of(user: User) -> "QuerySet[WithAnnotations[Conversation, Counted]]":
    """The conversations of `user`, the most recent first, each with `unread`."""
    found = _begun(user).select_related("first", "second", "latest")
    return found.annotate(unread=_unread(user)).order_by("-active_at", "-pk")


def filtered(
    conversations: "QuerySet[WithAnnotations[Conversation, Counted]]", shown: Filter
) -> "QuerySet[WithAnnotations[Conversation, Counted]]":
    match shown:
        case Filter.UNREAD:
            return conversations.filter(unread__gt=0)
        case Filter.OFFERS:
            cards = Message.objects.filter(conversation=OuterRef("pk")).exclude(kind="")
            return conversations.filter(Exists(cards))
        case Filter.ALL:
            return conversations


def list_lines(
    *, viewer: User, shown: Filter = Filter.ALL, older: str = "", limit: int = CONVERSATIONS_PAGE
) -> LinePage:
    """A page of the list. It goes on from a place and not from a number, so nothing is skipped when some move up."""
    found = filtered(conversations_of(viewer), shown)
    if place := _PLACE.fullmatch(older):
        moment, key = _EPOCH + timedelta(microseconds=int(place[1])), int(place[2])
        found = found.filter(Q(active_at__lt=moment) | Q(active_at=moment, pk__lt=key))
    page = list(found[: limit + 1])
    lines = as_lines(page[:limit], viewer)
    return LinePage(lines=lines, older=_place_of(page[limit - 1]) if len(page) > limit else "")


def as_lines(conversations: "list[WithAnnotations[Conversation, Counted]]", viewer: User) -> list[Line]:
    return [
        Line(
            conversation=conversation,
            other=conversation.other(viewer),
            unread=conversation.unread,
            mine=conversation.latest is not None and conversation.latest.side_id == viewer.pk,
        )
        for conversation in conversations
    ]


def unread_conversations(user: User) -> int:
    """In how many conversations something waits to be read, for the badge in the header."""
    return _begun(user).annotate(unread=_unread(user)).filter(unread__gt=0).count()


def conversation_for(*, viewer: User, public_id: str) -> Conversation:
    """Http404 when there is none or when `viewer` is not in it."""
    mine = Conversation.objects.of(viewer).select_related("first", "second")
    return get_object_or_404(mine, public_id=public_id)


def conversation_as(*, user: User, public_id: str) -> tuple[Conversation, User]:
    """A conversation, and the one of the two as whom `user` is in it: themselves, or a seller in whose team they are.

    Http404 for a stranger.
    """
    found = get_object_or_404(Conversation.objects.select_related("first", "second"), public_id=public_id)
    try:
        return found, side_of(found, user)
    except Unknown as stranger:
        raise Http404 from stranger


def conversation_between(*, viewer: User, other: User) -> Conversation | None:
    pair = Q(first=viewer, second=other) | Q(first=other, second=viewer)
    return Conversation.objects.filter(pair).select_related("first", "second").first()


def _unread(user: User) -> Coalesce:
    """How many messages of the other came after what `user` has read."""
    read = Participant.objects.filter(conversation=OuterRef("conversation"), user=user).values("read_version")
    counted = (
        Message.objects.filter(conversation=OuterRef("pk"), sequence__gt=Subquery(read))
        .exclude(Q(author=user) | Q(on_behalf_of=user))
        .order_by()
        .values("conversation")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted), 0)


def _begun(user: User) -> QuerySet[Conversation]:
    """The conversations of `user` in which something was said."""
    return Conversation.objects.of(user).filter(latest__isnull=False)


def _place_of(conversation: Conversation) -> str:
    return f"{(conversation.active_at - _EPOCH) // timedelta(microseconds=1)}-{conversation.pk}"
