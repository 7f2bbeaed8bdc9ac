"""`/api/v1/`: each app's `api.py`, the OpenAPI schema, and a problem for every other address."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from marketplace.web.problems import not_found

APPS = ("accounts", "gigs", "inbox", "offers", "orders")


def routes() -> list[URLPattern | URLResolver]:
    """Each app's `urlpatterns`, bottom app first."""
    found: list[URLPattern | URLResolver] = []
    for app in APPS:
        if find_spec(f"{app}.api"):
            found += import_module(f"{app}.api").urlpatterns
    return found


schema = SpectacularAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])
schema_json = SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])

v1 = [
    *routes(),
    path("schema/", schema, name="schema"),
    path("schema.json", schema_json, name="schema_json"),
]
urlpatterns = [
    path("v1/", include((v1, "api"), namespace="api")),
    re_path(r"^.*$", not_found),
]
