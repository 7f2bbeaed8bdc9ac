"""What others wrote and we ship is exactly what its version says, with its licence beside it."""

import base64
import hashlib
import json
from pathlib import Path

VENDOR = Path("static/vendor")
LISTED = json.loads((VENDOR / "vendor.json").read_text())


def digest(path: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def test_every_file_is_listed_and_as_it_was_published() -> None:
    found = {str(path.relative_to(VENDOR)): digest(path) for path in VENDOR.rglob("*") if path.parent != VENDOR}
    listed = {f"{name}/{file}": sha for name, package in LISTED.items() for file, sha in package["files"].items()}
    assert found == listed


def test_every_package_names_its_version_and_brings_its_licence() -> None:
    for name, package in LISTED.items():
        script = (VENDOR / name / "Sortable.min.js").read_text()
        assert f"Sortable {package['version']} - {package['licence']}" in script
        assert "LICENSE" in package["files"]
