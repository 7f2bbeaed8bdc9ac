"""Places on pages that apps above fill, without the page knowing them: `{% place "gig" gig %}` in its template.

Filled once for each place and app, from the app's `ready()`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A template and what it needs."""

    template: str
    context: Mapping[str, object] = field(default_factory=dict)


Filler = Callable[[HttpRequest, Any], "Piece | None"]

_fillers: dict[str, list[Filler]] = {}


def fill_place(name: str, filler: Filler) -> None:
    """`filler(request, about)` gives the piece to show there, or None."""
    known = _fillers.setdefault(name, [])
    if filler not in known:
        known.append(filler)


def pieces_of(name: str, request: HttpRequest, about: object) -> list[Piece]:
    return [piece for filler in _fillers.get(name, []) if (piece := filler(request, about))]
