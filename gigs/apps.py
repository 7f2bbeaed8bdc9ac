from importlib import import_module

from django.apps import AppConfig


class GigsConfig(AppConfig):
    name = "gigs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("gigs.notices")
