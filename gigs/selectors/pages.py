"""Pages of a list by keyset: each begins where the one before ended, so that page 1,000 costs what page 2 does.

A cursor is the sort key of a gig at an edge of the page, in plain base64. One that was made up leads to another place
in the same public list, or to its beginning.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from django.db.models import BooleanField, F, Func, Value
from django.db.models.lookups import GreaterThan, LessThan

Key = tuple[str | int | float | datetime, ...]
BIGINT = 2**63
LETTERS = 3  # of a currency, the only text to sort by


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Sort by `columns`, all in one direction; the last one is unique."""

    columns: tuple[str, ...]
    kinds: tuple[type, ...]
    ascending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An edge of a page: what lies `after` the row with this key, or before it."""

    key: Key
    after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysetPage:
    """`previous` and `following` are cursors, empty at an end of the list."""

    rows: list[Any]
    previous: str = ""
    following: str = ""


def cut_page(rows: Any, *, order: Order, cursor: str, size: int) -> KeysetPage:
    """`size` of `rows` (a queryset that has the columns) from `cursor` on; from the beginning if it says nothing."""
    place = read_cursor(cursor, order=order)
    forwards = place is None or place.after
    if place:
        rows = rows.filter(_beyond(order, place.key, forwards=forwards))
    found = list(rows.order_by(*_directed(order, forwards=forwards))[: size + 1])
    more, found = len(found) > size, found[:size]
    if not forwards:
        found.reverse()
    if not found:
        return KeysetPage(rows=[])
    first, last = _key(found[0], order), _key(found[-1], order)
    back, on = (place is not None, more) if forwards else (more, True)
    return KeysetPage(
        rows=found,
        previous=write_cursor(Place(key=first, after=False)) if back else "",
        following=write_cursor(Place(key=last, after=True)) if on else "",
    )


def write_cursor(place: Place) -> str:
    values = [value.isoformat() if isinstance(value, datetime) else value for value in place.key]
    plain = json.dumps([place.after, *values], separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(cursor: str, *, order: Order) -> Place | None:
    """None for no cursor, a forged one, and one of a list that is sorted otherwise."""
    try:
        plain = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        after, *values = json.loads(plain)
        key = tuple(_value(value, kind) for value, kind in zip(values, order.kinds, strict=True))
    except (ValueError, TypeError, RecursionError):
        return None
    return Place(key=key, after=bool(after))


def _value(value: Any, kind: type) -> Any:
    """`value` as the column holds it. Raises ValueError for anything that no row can have."""
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("an instant without a time zone")
        return moment
    if kind is str and isinstance(value, str) and value.isalpha() and len(value) <= LETTERS:
        return value
    if kind is int and type(value) is int and -BIGINT <= value < BIGINT:
        return value
    if kind is float and type(value) in (int, float) and isfinite(value):
        return float(value)
    raise ValueError(f"not a {kind.__name__}")


def _beyond(order: Order, key: Key, *, forwards: bool) -> Any:
    """Rows are compared as wholes, which an index on the columns answers without reading what lies before."""
    compare = GreaterThan if order.ascending == forwards else LessThan
    columns = Func(*(F(name) for name in order.columns), function="ROW", output_field=BooleanField())
    return compare(columns, Func(*(Value(part) for part in key), function="ROW", output_field=BooleanField()))


def _directed(order: Order, *, forwards: bool) -> Sequence[str]:
    sign = "" if order.ascending == forwards else "-"
    return [f"{sign}{name}" for name in order.columns]


def _key(row: Any, order: Order) -> Key:
    return tuple(getattr(row, name) for name in order.columns)
