from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "offers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from offers import notices, receivers  # noqa: F401  (notices registers its kinds)

        receivers.connect()
