"""Documents as PDF, set by typst from words that are ready: no network, no fonts but our own, nothing kept.

The same sheet gives the same bytes. What people wrote goes in as data and is never read as markup.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import typst

FOLDER = Path(__file__).parent / "typst"


def typeset(*, sheet: dict[str, object], at: datetime) -> bytes:
    """The PDF of a sheet, tagged for screen readers; `at` is the instant that its metadata names."""
    return _compile(sheet, "pdf", at)[0]


def draw(*, sheet: dict[str, object], at: datetime, ppi: int = 110) -> list[bytes]:
    """Its pages as PNG, to be looked at."""
    return _compile(sheet, "png", at, ppi)


def _compile(sheet: dict[str, object], to: Literal["pdf", "png"], at: datetime, ppi: int | None = None) -> list[bytes]:
    made = typst.compile(
        FOLDER / "document.typ",
        root=FOLDER,
        font_paths=_fonts(),
        sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        format=to,
        ppi=ppi,
        timestamp=int(at.timestamp()) if to == "pdf" else None,
        package_path=FOLDER,
        package_cache_path=FOLDER,
    )
    return made if isinstance(made, list) else [made]


@cache
def _fonts() -> typst.Fonts:
    """The faces beside this file, read once; the machine's own are left alone."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"])
