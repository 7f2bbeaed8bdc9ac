"""The app of what every page shares, and the level below which nothing is logged."""

import logging

import structlog
from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "marketplace.web"
    label = "web"

    def ready(self) -> None:
        """LOG_LEVEL holds for structlog's lines as for those of Python's own loggers."""
        level = logging.getLogger().getEffectiveLevel()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))
