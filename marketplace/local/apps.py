from django.apps import AppConfig


class LocalConfig(AppConfig):
    """Only in the demo: brings the command that fills it."""

    name = "marketplace.local"
    label = "local"
