"""Rows of a form that are added, removed and moved by buttons, in what was posted: it works without JavaScript.

A row `i` of `prefix` is every key that begins with `prefix-i-`; rows may hold rows (`stages-1-substeps-0-name`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from marketplace.web.numbers import read_number

Row = dict[str, list[str]]
PREFIX = r"(?:faq|requirements|stages)(?:-\d{1,3}-substeps)?"
ACTION = re.compile(rf"(add|remove|up|down|move) ({PREFIX})(?: (\d{{1,3}}))?(?: (\d{{1,3}}))?", re.ASCII)
REMOVED = "removed-"  # how the keys begin under which a removed row travels, so that it can come back
MOST_ROWS = 40  # what a form can hold at all; how many make sense is a rule


@dataclass(frozen=True, slots=True)
class Removed:
    """A row that was taken away and can come back: what to call it, and the hidden inputs that carry it."""

    prefix: str
    noun: str
    name: str
    inputs: list[tuple[str, str]]


class FormRows:
    """Form data with editable rows; `data` is what forms are bound to."""

    def __init__(self, posted: MultiValueDict[str, str] | None = None) -> None:
        self.data = QueryDict(mutable=True)
        for key, values in (posted or MultiValueDict()).lists():
            self.data.setlist(key, values)

    def act(self, action: str) -> bool:
        """Do what a button said, such as "up stages 2"; False when it says nothing that can be done.

        A removed row can come back until rows change places, which would leave it without its own.
        """
        if action == "undo":
            return self.undo()
        match = ACTION.fullmatch(action)
        if not match:
            return False
        verb, prefix, index = match[1], match[2], int(match[3] or 0)
        if verb == "add":
            return self.add(prefix, {})
        if index >= self.count(prefix):
            return False
        self._forget_removed()
        match verb:
            case "remove":
                self._put_aside(prefix, index)
                self.remove(prefix, index)
                return True
            case "move":
                return self.move(prefix, index, int(match[4] or 0))
            case _:
                return self.move(prefix, index, index + (-1 if verb == "up" else 1))

    def count(self, prefix: str) -> int:
        return min(read_number(self.data.get(f"{prefix}-TOTAL_FORMS", "0")) or 0, MOST_ROWS)

    def add(self, prefix: str, values: Mapping[str, str | Iterable[str]]) -> bool:
        """Append a row with `values`; False when the form is full."""
        count = self.count(prefix)
        if count >= MOST_ROWS:
            return False
        for name, value in values.items():
            self.data.setlist(f"{prefix}-{count}-{name}", [value] if isinstance(value, str) else list(value))
        self._set_count(prefix, count + 1)
        return True

    def remove(self, prefix: str, index: int) -> None:
        count = self.count(prefix)
        self._take(prefix, index)
        for later in range(index + 1, count):
            self._put(prefix, later - 1, self._take(prefix, later))
        self._set_count(prefix, count - 1)

    def move(self, prefix: str, index: int, to: int) -> bool:
        """Take a row out and put it in at `to`; the others make way. False where there is no such place."""
        count = self.count(prefix)
        if not (0 <= index < count and 0 <= to < count):
            return False
        rows = [self._take(prefix, each) for each in range(count)]
        rows.insert(to, rows.pop(index))
        for each, row in enumerate(rows):
            self._put(prefix, each, row)
        return True

    def undo(self) -> bool:
        """Put the removed row back in its old place, with the rows inside it; False when there is none."""
        prefix, index = self.data.get(f"{REMOVED}prefix", ""), read_number(self.data.get(f"{REMOVED}index", ""))
        row = {key.removeprefix(f"{REMOVED}row-"): self.data.getlist(key) for key in self._removed_keys("row-")}
        self._forget_removed()
        if index is None or not re.fullmatch(PREFIX, prefix, re.ASCII) or not self.add(prefix, row):
            return False
        last = self.count(prefix) - 1
        return self.move(prefix, last, min(index, last))

    @property
    def removed(self) -> Removed | None:
        prefix = self.data.get(f"{REMOVED}prefix", "")
        if not prefix:
            return None
        noun = "Substep" if "-" in prefix else "Milestone" if prefix == "stages" else "Question"
        name = self.data.get(f"{REMOVED}row-name") or self.data.get(f"{REMOVED}row-question") or ""
        inputs = [(key, value) for key in self._removed_keys() for value in self.data.getlist(key)]
        return Removed(prefix, noun, name.strip(), inputs)

    def drop_blank(self, prefix: str, *names: str) -> None:
        """Remove the rows in which nothing was written under `names`."""
        for index in reversed(range(self.count(prefix))):
            if not any(self.data.get(f"{prefix}-{index}-{name}", "").strip() for name in names):
                self.remove(prefix, index)

    def set(self, key: str, value: str) -> None:
        self.data[key] = value

    def ensure(self, *prefixes: str) -> None:
        """Give each prefix the management data that Django's formsets want, for as many rows as it has."""
        for prefix in prefixes:
            self._set_count(prefix, self.count(prefix))

    def _put_aside(self, prefix: str, index: int) -> None:
        row = self._take(prefix, index)
        self._put(prefix, index, row)
        self.data[f"{REMOVED}prefix"], self.data[f"{REMOVED}index"] = prefix, str(index)
        for name, values in row.items():
            self.data.setlist(f"{REMOVED}row-{name}", values)

    def _removed_keys(self, more: str = "") -> list[str]:
        return [key for key in self.data if key.startswith(REMOVED + more)]

    def _forget_removed(self) -> None:
        for key in self._removed_keys():
            del self.data[key]

    def _set_count(self, prefix: str, count: int) -> None:
        # Every row counts as an initial one: a blank row that somebody added is theirs, not to be passed over.
        self.data[f"{prefix}-TOTAL_FORMS"] = self.data[f"{prefix}-INITIAL_FORMS"] = str(count)

    def _take(self, prefix: str, index: int) -> Row:
        start = f"{prefix}-{index}-"
        keys = [key for key in self.data if key.startswith(start)]
        return {key.removeprefix(start): self.data.pop(key) for key in keys}

    def _put(self, prefix: str, index: int, row: Row) -> None:
        for name, values in row.items():
            self.data.setlist(f"{prefix}-{index}-{name}", values)
