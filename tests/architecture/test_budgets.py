"""Small pieces: a function is read at one glance, a file in one sitting."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES, FILE_LINES, TEMPLATE_LINES, MEDIAN_FUNCTION_LINES = 40, 400, 130, 12


def tracked(*patterns: str) -> list[Path]:
    """Files of the repository, with those not yet added, without ignored ones."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / line for line in listing.splitlines() if (ROOT / line).is_file()]


def sources() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions() -> Iterator[tuple[str, int]]:
    """Every function with its length, from `def` to its last line; decorators don't count."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_the_scan_sees_the_code() -> None:
    assert len(sources()) > 100
    assert len(tracked("templates/*.html", "templates/**/*.html")) > 20


def test_functions_are_short() -> None:
    assert [f"{name}: {length}" for name, length in functions() if length > FUNCTION_LINES] == []


def test_the_usual_function_is_very_short() -> None:
    assert median(length for _, length in functions()) < MEDIAN_FUNCTION_LINES


def test_files_are_short() -> None:
    assert [f"{path.relative_to(ROOT)}: {lines(path)}" for path in sources() if lines(path) > FILE_LINES] == []


def test_templates_are_short() -> None:
    templates = tracked("templates/*", "templates/**")
    assert [f"{path.relative_to(ROOT)}: {lines(path)}" for path in templates if lines(path) > TEMPLATE_LINES] == []
