"""What is logged, and what is not."""

import logging

import pytest
import structlog
from django.apps import apps


@pytest.mark.parametrize(("level", "shown"), [("INFO", ["said", "warned"]), ("WARNING", ["warned"])])
def test_log_level_holds_for_every_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level: str, shown: list[str]
) -> None:
    before = structlog.get_config()
    monkeypatch.setattr(logging.getLogger(), "level", logging.getLevelName(level))
    try:
        apps.get_app_config("web").ready()
        log = structlog.get_logger()
        log.debug("whispered")
        log.info("said")
        log.warning("warned")
    finally:
        structlog.configure(**before)
    printed = capsys.readouterr().out
    assert [word for word in ("whispered", "said", "warned") if word in printed] == shown
