"""The invented people and gigs, from the TOML files beside this module."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

PASSWORD = "milepost-demo"  # noqa: S105 printed by `make run`; the demo takes no real money
FOLDER = Path(__file__).parent


@cache
def read(name: str) -> dict[str, Any]:
    """The tables of `name`.toml."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
