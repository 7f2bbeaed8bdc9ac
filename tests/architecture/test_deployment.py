"""What is said about running Milepost agrees with what runs."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from marketplace.local import programs
from tests.architecture.test_budgets import ROOT

READ_BY_SETTINGS = re.compile(r"""\benv(?:\.\w+)?\(\s*"(\w+)\"""")
READ_BY_OTHERS = re.compile(r"""(?:environ\.get\(|environ\[|given\(|read_port\()"(\w+)\"""")
EXPLAINED = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]+)=", re.M)
NOT_OURS = {"XDG_RUNTIME_DIR", "DJANGO_SETTINGS_MODULE", "TIER", "ONLY"}  # the last two: of `make prove`
ONLY_COMPOSE = {"POSTGRES_PASSWORD"}


def variables_read() -> set[str]:
    found = set(READ_BY_SETTINGS.findall((ROOT / "marketplace/settings.py").read_text()))
    for folder in ("marketplace", "payments"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= set(READ_BY_OTHERS.findall(path.read_text()))
    return found - NOT_OURS


def test_env_example_explains_every_variable_and_no_other() -> None:
    explained = EXPLAINED.findall((ROOT / ".env.example").read_text())
    assert len(explained) == len(set(explained))
    assert set(explained) - ONLY_COMPOSE == variables_read()


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][name]
    return found


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("web", programs.web("0.0.0.0:8000")),
        ("worker", programs.worker()),
        ("beat", programs.beat(Path("/dev/shm/beat-schedule"))),
    ],
)
def test_compose_runs_the_same_commands(name: str, command: Sequence[str | Path]) -> None:
    assert service(name)["command"] == ["python", *map(str, command[1:])]


def test_the_image_serves_the_site_by_default() -> None:
    words = ", ".join(f'"{word}"' for word in service("web")["command"])
    assert f"CMD [{words}]" in (ROOT / "Dockerfile").read_text()


def test_compose_has_the_two_servers() -> None:
    assert service("postgres")["image"] == "postgres:18"
    assert service("valkey")["command"][0] == "valkey-server"


def test_no_lock_file_names_a_registry() -> None:
    for lock in (
        *ROOT.glob("requirements*.lock"),
        *ROOT.glob("requirements/*.lock"),
        *ROOT.glob("**/package-lock.json"),
    ):
        if ".cache" not in lock.parts and ".venv" not in lock.parts:
            assert not re.search(r"https?://|resolved", lock.read_text()), lock
