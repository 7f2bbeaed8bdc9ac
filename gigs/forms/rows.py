"""Rows of a form that are added, removed and moved by buttons, in what was posted: it works without JavaScript.

A row `i` of `prefix` is every key that begins with `prefix-i-`; rows may hold rows (`stages-1-substeps-0-name`).
"""

import re
from collections.abc import Iterable, Mapping

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from marketplace.web.numbers import read_number

Row = dict[str, list[str]]
ACTION = re.compile(r"(add|remove|up|down) ((?:faq|requirements|stages)(?:-\d{1,3}-substeps)?)(?: (\d{1,3}))?")
MOST_ROWS = 40  # what a form can hold at all; how many make sense is a rule


class FormRows:
    """Form data with editable rows; `data` is what forms are bound to."""

    def __init__(self, posted: MultiValueDict[str, str] | None = None) -> None:
        self.data = QueryDict(mutable=True)
        for key, values in (posted or MultiValueDict()).lists():
            self.data.setlist(key, values)

    def act(self, action: str) -> bool:
        """Do what a button said, such as "up stages 2"; False when it says nothing that can be done."""
        match = ACTION.fullmatch(action)
        if not match:
            return False
        verb, prefix, index = match[1], match[2], int(match[3] or 0)
        if verb == "add":
            return self.add(prefix, {})
        if index >= self.count(prefix):
            return False
        if verb == "remove":
            self.remove(prefix, index)
            return True
        return self.swap(prefix, index, index + (-1 if verb == "up" else 1))

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

    def swap(self, prefix: str, one: int, other: int) -> bool:
        """Exchange two rows; False at an end."""
        if not 0 <= other < self.count(prefix):
            return False
        first, second = self._take(prefix, one), self._take(prefix, other)
        self._put(prefix, one, second)
        self._put(prefix, other, first)
        return True

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
