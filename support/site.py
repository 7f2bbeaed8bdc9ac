"""Django's own admin as Milepost's desk: what agents use first, and no way into anybody's account."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.options import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

if TYPE_CHECKING:
    from accounts.models import User

ORDER = ("orders", "reviews", "payments", "accounts", "inbox", "gigs", "milestones", "notifications", "auth")
SIGN_IN = frozenset({"account", "mfa", "usersessions"})  # a verified address or a second step would open an account


class SupportSite(AdminSite):
    site_header = site_title = "Milepost support"
    index_title = "Support desk"
    enable_nav_sidebar = False  # the header leads to what agents use; the rest is on the index

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """With what waits for a person."""
        from support.presenters import waiting_for_support  # models are not loaded yet when a site is made

        waits = waiting_for_support(cast("User", request.user))
        return super().index(request, (extra_context or {}) | {"waits": waits})

    def register(
        self, model_or_iterable: Any, admin_class: type[ModelAdmin[Any]] | None = None, **options: Any
    ) -> None:
        """How a person signs in is theirs alone: those models stay out, superusers included (R-SUP-5)."""
        models: list[type[Model]] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        kept = [model for model in models if model._meta.app_label not in SIGN_IN]
        super().register(kept, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: ORDER.index(app["app_label"]) if app["app_label"] in ORDER else len(ORDER))


class SupportAdminConfig(AdminConfig):
    default_site = "support.site.SupportSite"
