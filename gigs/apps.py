from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GigsConfig(AppConfig):
    name = "gigs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("gigs.notices")
        post_migrate.connect(import_module("gigs.receivers").ship_after_migrating, sender=self)
