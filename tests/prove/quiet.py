"""Silence: thousands of cases would log, and draw stack traces of, what they do on purpose."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Never

import structlog


def _drop(*_: object) -> Never:
    raise structlog.DropEvent


@contextmanager
def quiet() -> Iterator[None]:
    before, processors = logging.root.manager.disable, structlog.get_config()["processors"]
    logging.disable(logging.CRITICAL)
    structlog.configure(processors=[_drop])
    try:
        yield
    finally:
        structlog.configure(processors=processors)
        logging.disable(before)
