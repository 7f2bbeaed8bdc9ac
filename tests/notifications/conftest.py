"""A kind of notice with a template of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Engine

from notifications import rendering
from tests.factories.notifications import PROBE_TEXT, probe_kind


@pytest.fixture(autouse=True)
def _probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "notifications"
    folder.mkdir()
    (folder / "probe.txt").write_text(PROBE_TEXT)
    real = rendering.plain_text_engine()
    engine = Engine(dirs=[*real.dirs, str(tmp_path)], autoescape=False, builtins=real.builtins)
    monkeypatch.setattr(rendering, "plain_text_engine", lambda: engine)
    with probe_kind():
        yield
