"""The notes on an order as one reader sees them: who, when, who else reads it, and whether they may change it."""

from dataclasses import dataclass

from accounts.models import User
from orders.enums import Role
from orders.models import Order, OrderNote
from orders.selectors import OrderView, notes_of

SHOWN = 5  # notes that show without asking


@dataclass(frozen=True, slots=True)
class NoteLine:
    note: OrderNote
    who: str
    readers: str
    icon: str
    tone: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Notes:
    """Newest first."""

    recent: list[NoteLine]
    older: list[NoteLine]

    @property
    def count(self) -> int:
        return len(self.recent) + len(self.older)


def notes_on(view: OrderView, reader: User) -> Notes:
    lines = [_line(note, view.order, reader) for note in notes_of(view.order, view.role)]
    return Notes(recent=lines[:SHOWN], older=lines[SHOWN:])


def _line(note: OrderNote, order: Order, reader: User) -> NoteLine:
    readers, icon, tone = _look(note)
    own = note.author == reader
    who = "You" if own else _name(note, order)
    return NoteLine(note=note, who=who, readers=readers, icon=icon, tone=tone, is_own=own)


def _name(note: OrderNote, order: Order) -> str:
    """Somebody of the seller's team writes under their own name, for the seller."""
    if note.side == Role.SELLER and note.author != order.seller:
        return f"{note.author.display_name} for {order.seller.first_name}"
    return note.author.display_name


def _look(note: OrderNote) -> tuple[str, str, str]:
    if note.is_shared:
        return "Shared", "users", "work"
    return ("Only you" if note.side == Role.BUYER else "Only your side"), "lock", "idle"
