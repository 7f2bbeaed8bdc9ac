"""Search in one's own conversations: people by name, lines by their words; typing errors are forgiven (R-OFR-1)."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db.models import Case, F, Q, QuerySet, When

from accounts.models import User
from inbox.limits import FOUND_PAGE, SEARCHED_BY_LIKENESS
from inbox.models import Conversation, Message, body_vector
from inbox.selectors.lists import Line, as_lines, conversations_of
from marketplace.web.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

ALIKE = 0.5  # share of a word's trigrams that must be there: one or two wrong letters
_LONGEST, _MOST_WORDS, _MOST_PEOPLE = 80, 8, 10
_BEFORE, _AROUND = 50, 180  # characters of a line that are shown before the first word found, and in all
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a line; `found` is marked."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A message that was found."""

    message: Message
    other: User
    mine: bool
    pieces: list[Piece]

    @property
    def url(self) -> str:
        """The conversation, opened at this message."""
        sequence = self.message.sequence
        return f"{self.message.conversation.get_absolute_url()}?at={sequence}#m{sequence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`alike`: nothing has the very words, so these are similar. `more`: there are older lines than those shown."""

    people: list[Line]
    hits: list[Hit]
    alike: bool
    more: bool


def search_inbox(*, viewer: User, words: str) -> Found:
    """People and lines for `words`, of which the last may be the beginning of one."""
    wanted = _words(words)
    messages, alike = matching_messages(viewer=viewer, words=words)
    found = list(messages.select_related("conversation__first", "conversation__second")[: FOUND_PAGE + 1])
    return Found(
        people=as_lines(list(_people(viewer, words)[:_MOST_PEOPLE]), viewer),
        hits=[_hit(message, viewer, wanted, alike) for message in found[:FOUND_PAGE]],
        alike=alike,
        more=len(found) > FOUND_PAGE,
    )


def matching_messages(*, viewer: User, words: str) -> tuple[QuerySet[Message], bool]:
    """Messages with all the words, the latest first; if there are none, such with similar ones, and True."""
    wanted = _words(words)
    mine = Message.objects.filter(conversation__in=Conversation.objects.of(viewer))
    if not wanted:
        return mine.none(), False
    query = SearchQuery(" & ".join(f"'{word}':*" for word in wanted), config="simple", search_type="raw")
    exact = mine.annotate(words=body_vector()).filter(words=query).order_by("-at", "-pk")
    if exact.exists():
        return exact, False
    recent = mine.order_by("-pk").values("pk")[:SEARCHED_BY_LIKENESS]
    likeness = TrigramWordSimilarity(" ".join(wanted), "body")
    alike = mine.filter(pk__in=recent).annotate(likeness=likeness).filter(likeness__gte=ALIKE)
    return alike.order_by("-likeness", "-at", "-pk"), True


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:_LONGEST].casefold())[:_MOST_WORDS]


def _people(viewer: User, words: str) -> QuerySet[Any]:
    name = Case(When(first=viewer, then=F("second__name")), default=F("first__name"))
    named = conversations_of(viewer).annotate(other_name=name)
    wanted = words[:_LONGEST].strip()
    similar = named.annotate(likeness=TrigramWordSimilarity(wanted, "other_name"))
    return similar.filter(Q(other_name__icontains=wanted) | Q(likeness__gte=ALIKE)) if wanted else named.none()


def _hit(message: Message, viewer: User, wanted: list[str], alike: bool) -> Hit:
    return Hit(
        message=message,
        other=message.conversation.other(viewer),
        mine=message.side_id == viewer.pk,
        pieces=list(_pieces(message.body, wanted, alike)),
    )


def _pieces(body: str, wanted: list[str], alike: bool) -> "Iterator[Piece]":
    """The part of `body` around the first word found, as one line, with all that was found in it marked."""
    line = plain(body)
    places = [match.span() for match in _WORD.finditer(line) if _is_found(match[0], wanted, alike)]
    first = places[0][0] if places else 0
    start = 0 if first <= _BEFORE else line.rfind(" ", 0, first - _BEFORE + 1) + 1
    end = min(len(line), start + _AROUND)
    at = start
    if start:
        yield Piece(text="… ", found=False)
    for begin, stop in places:
        if stop > end:
            break
        yield Piece(text=line[at:begin], found=False)
        yield Piece(text=line[begin:stop], found=True)
        at = stop
    yield Piece(text=line[at:end] + (" …" if end < len(line) else ""), found=False)


def _is_found(word: str, wanted: list[str], alike: bool) -> bool:
    plain = word.casefold()
    return any(plain.startswith(one) or (alike and _likeness(one, plain) >= ALIKE) for one in wanted)


def _likeness(wanted: str, word: str) -> float:
    """As PostgreSQL's word_similarity: the share of the wanted word's trigrams that the other one has."""
    known = _trigrams(wanted)
    return len(known & _trigrams(word)) / len(known)


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
