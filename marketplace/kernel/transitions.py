"""State machines as tables: one row per transition, and everything else is read from the rows."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State", bound=Hashable)
Actor = TypeVar("Actor", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Generic[State, Actor]):
    """One row: who may take what from which states to where."""

    name: str
    actors: frozenset[Actor]
    sources: frozenset[State]
    target: State

    def permits(self, state: State, actor: Actor) -> bool:
        return state in self.sources and actor in self.actors


T = TypeVar("T", bound=Transition)  # type: ignore[type-arg]


class TransitionTable(Generic[T]):
    """An ordered set of rows, found by name, asked by state and actor, drawn as a diagram."""

    def __init__(self, rows: Iterable[T]) -> None:
        self.rows = tuple(rows)
        self._by_name = {row.name: row for row in self.rows}
        if len(self._by_name) != len(self.rows):
            raise ValueError("two transitions share a name")

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def find(self, name: str) -> T:
        """The row called `name`; KeyError when there is none."""
        return self._by_name[name]

    def allowed(self, state: Hashable, actor: Hashable) -> list[T]:
        """The rows that `actor` may take from `state`, in table order."""
        return [row for row in self.rows if row.permits(state, actor)]

    def edges(self) -> list[tuple[Hashable, Hashable]]:
        """Every distinct (source, target) pair, for the database's own guard."""
        return sorted({(source, row.target) for row in self.rows for source in row.sources}, key=str)

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram, one line per edge."""
        lines = ["stateDiagram-v2"]
        for row in self.rows:
            actors = ", ".join(sorted(str(actor) for actor in row.actors))
            for source in sorted(row.sources, key=str):
                lines.append(f"    {_node(source)} --> {_node(row.target)}: {row.name} ({actors})")
        return "\n".join(lines)


def _node(state: Hashable) -> str:
    return str(state) or "[*]"
