from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the notices, and the tasks in every process: services nudge them by name (payments/queue.py)."""
        from payments import notices, tasks  # noqa: F401
