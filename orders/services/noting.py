"""Notes on an order, shared or private to a side (R-ORD-15). No note moves an order, its money or its clocks.

They are written at any time, also once the order has ended. Whom a note is for never changes; its words may.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.text import Truncator

from accounts.enums import Ability
from accounts.models import User
from marketplace.web.clock import database_now
from notifications.services import notify, notify_seller
from orders import errors
from orders.actors import party
from orders.enums import Role
from orders.models import Order, OrderNote
from orders.notices import NOTE_SHARED
from orders.rules import check_widths
from orders.selectors import own_note
from orders.services.door import lock_order

MOST_NOTES = 100  # of each side on one order; counted apart, so that the limit says nothing about the other side's
EXCERPT = 200  # characters of the note that a notice repeats


@transaction.atomic
def write_note(*, order: Order, actor: User, body: str, is_shared: bool, now: datetime | None = None) -> OrderNote:
    """A shared note tells the other side, a private one tells nobody.

    Raises OrderUnknown, NoteNeedsWords, WordsTooLong, TooManyNotes.
    """
    order = lock_order(order.pk)
    side = party(order, actor, Ability.SEE_ORDERS).role
    note = OrderNote(order=order, author=actor, side=side, is_shared=is_shared)
    _set_words(note, body)
    if order.notes.filter(side=side).count() >= MOST_NOTES:
        raise errors.TooManyNotes(field="body", limit=MOST_NOTES)
    note.written_at = now or database_now()
    note.save()
    if is_shared:
        _tell_other_side(note)
    return note


@transaction.atomic
def edit_note(*, note: OrderNote, actor: User, body: str, now: datetime | None = None) -> OrderNote:
    """Other words, by the author alone; the same words are no edit.

    Raises OrderUnknown, NoteUnknown, NoteNeedsWords, WordsTooLong.
    """
    note = _lock(note, actor)
    before = note.body
    _set_words(note, body)
    if note.body != before:
        note.edited_at = now or database_now()
        note.save(update_fields=["body", "edited_at"])
    return note


@transaction.atomic
def delete_note(*, note: OrderNote, actor: User) -> None:
    """For good, by the author alone. Raises OrderUnknown, NoteUnknown."""
    _lock(note, actor).delete()


def _lock(note: OrderNote, actor: User) -> OrderNote:
    """The note as it is under the order's lock."""
    return own_note(lock_order(note.order_id), actor, note.public_id)


def _set_words(note: OrderNote, body: str) -> None:
    note.body = body.strip()
    if not note.body:
        raise errors.NoteNeedsWords(field="body")
    check_widths(note, "body")


def _tell_other_side(note: OrderNote) -> None:
    order = note.order
    tell = (
        partial(notify, recipient=order.buyer)
        if note.side == Role.SELLER
        else partial(notify_seller, seller=order.seller, apart=order.buyer)
    )
    tell(
        kind=NOTE_SHARED,
        data={
            "author": note.author.display_name,
            "order": order.title,
            "excerpt": Truncator(" ".join(note.body.split())).chars(EXCERPT),
        },
        url=reverse("orders:order", args=[order.public_id]) + "#notes",
        dedupe_key=f"note:{note.public_id}",
        now=note.written_at,
    )
