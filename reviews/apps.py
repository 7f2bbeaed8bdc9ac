from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from reviews import notices, presenters  # noqa: F401  (notices registers its kinds)

        presenters.take_places()
