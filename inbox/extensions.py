"""How apps above the inbox put things into a conversation without the inbox knowing them.

A message may be a *card*: it names a `kind` and a `reference`, and whoever registered the kind draws it.
Registered once, from an app's `ready()`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings

from marketplace.web.markdown import link

if TYPE_CHECKING:
    from accounts.models import User
    from inbox.models import Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A template and what it needs; it is included where the message's text would stand.

    `page` is the path of the thing's own page, if it has one: who sees the card has read the notices that lead there.
    """

    template: str
    page: str = ""
    context: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A link that the conversation offers to this viewer now, such as "Make an offer"."""

    label: str
    url: str
    icon: str
    hint: str = ""
    own: bool = False  # for the person themselves, not for who answers in their place


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a message is about, such as a gig of the person it goes to; `page` is the path of its page."""

    public_id: str
    title: str
    page: str

    @property
    def line(self) -> str:
        """How it stands at the end of the message, for whoever reads it, wherever."""
        return f"About {link(self.title, f'{settings.SITE_URL}{self.page}')}"


CardLoader = Callable[["Collection[str]", "User"], "Mapping[str, Card]"]
ActionFinder = Callable[["Conversation", "User"], "list[Action]"]

TieFinder = Callable[["User", "User"], bool]
SubjectFinder = Callable[[str, "User"], "Subject | None"]

_loaders: dict[str, CardLoader] = {}
_finders: list[ActionFinder] = []
_ties: list[TieFinder] = []
_subjects: list[SubjectFinder] = []


def register_cards(kind: str, loader: CardLoader) -> None:
    """`loader(references, viewer)` draws all cards of `kind` on a page at once, in a constant number of queries."""
    _loaders[kind] = loader


def register_actions(finder: ActionFinder) -> None:
    if finder not in _finders:
        _finders.append(finder)


def register_ties(finder: TieFinder) -> None:
    """`finder(one, other)`: whether something is under way by which they are bound, such as an order."""
    if finder not in _ties:
        _ties.append(finder)


def register_subjects(finder: SubjectFinder) -> None:
    """`finder(public_id, other)`: what of `other` that anyone may see has this id; None if it knows none."""
    if finder not in _subjects:
        _subjects.append(finder)


def subject_of(public_id: str, other: "User") -> Subject | None:
    """What a message to `other` is about; None for an id that is empty or made up."""
    if not public_id:
        return None
    return next((found for find in _subjects if (found := find(public_id, other))), None)


def are_tied(one: "User", other: "User") -> bool:
    return any(find(one, other) for find in _ties)


def load_cards(wanted: Mapping[str, Collection[str]], viewer: "User") -> dict[tuple[str, str], Card]:
    """The cards of each kind by (kind, reference); what a loader does not return is not for this viewer."""
    return {
        (kind, reference): card
        for kind, references in wanted.items()
        if kind in _loaders
        for reference, card in _loaders[kind](references, viewer).items()
    }


def actions_for(conversation: "Conversation", viewer: "User") -> list[Action]:
    return [action for find in _finders for action in find(conversation, viewer)]
