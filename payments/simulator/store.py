"""What the simulator knows, kept in its own append-only log.

Each unit of work is one line of JSON, written and fsynced before the answer leaves: a killed simulator forgets nothing
that it has answered. A line that the kill cut short was never answered, and is dropped at the next start.
"""

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

Key = tuple[str, str]  # kind, id


class Store:
    """Objects by kind and id. Changes are staged until `commit`; `rollback` forgets them."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` None keeps everything in memory only."""
        self._objects: dict[str, dict[str, Any]] = {}
        self._staged: dict[Key, Any] = {}
        self._log: BinaryIO | None = None
        if path is not None:
            self._log = self._open(path)

    def get(self, kind: str, object_id: str) -> Any:
        """A copy, or None."""
        key = (kind, object_id)
        found = self._staged[key] if key in self._staged else self._objects.get(kind, {}).get(object_id)
        return copy.deepcopy(found)

    def each(self, kind: str) -> Iterator[Any]:
        """All of a kind, the oldest first. Not copies: read, don't change."""
        committed = self._objects.get(kind, {})
        for object_id, value in committed.items():
            current = self._staged.get((kind, object_id), value)
            if current is not None:
                yield current
        for (staged_kind, object_id), value in self._staged.items():
            if staged_kind == kind and object_id not in committed and value is not None:
                yield value

    def put(self, kind: str, object_id: str, value: Any) -> None:
        self._staged[kind, object_id] = copy.deepcopy(value)

    def delete(self, kind: str, object_id: str) -> None:
        self._staged[kind, object_id] = None

    def commit(self) -> None:
        if not self._staged:
            return
        changes = [[kind, object_id, value] for (kind, object_id), value in self._staged.items()]
        if self._log is not None:
            self._log.write(json.dumps(changes, separators=(",", ":")).encode() + b"\n")
            self._log.flush()
            os.fsync(self._log.fileno())
        self._apply(changes)
        self._staged = {}

    def rollback(self) -> None:
        self._staged = {}

    def close(self) -> None:
        if self._log is not None:
            self._log.close()

    def _apply(self, changes: list[list[Any]]) -> None:
        for kind, object_id, value in changes:
            if value is None:
                self._objects.get(kind, {}).pop(object_id, None)
            else:
                self._objects.setdefault(kind, {})[object_id] = value

    def _open(self, path: Path) -> BinaryIO:
        path.parent.mkdir(parents=True, exist_ok=True)
        log = path.open("a+b")
        log.seek(0)
        whole = 0
        for line in log:
            if not line.endswith(b"\n"):
                break
            self._apply(json.loads(line))
            whole += len(line)
        log.truncate(whole)
        return log
