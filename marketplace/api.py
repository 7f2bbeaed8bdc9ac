"""`/api/v1/`: each app's `api.py`, the OpenAPI schema, a page to read it, and a problem for every other address."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

import accounts.api
import gigs.api
import inbox.api
import offers.api
import orders.api
import payments.api
import reviews.api
from marketplace.reference import reference
from marketplace.web.problems import not_found

schema = SpectacularAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])
schema_json = SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])

v1 = [
    path("", reference, name="reference"),
    *accounts.api.urlpatterns,
    *gigs.api.urlpatterns,
    *inbox.api.urlpatterns,
    *offers.api.urlpatterns,
    *orders.api.urlpatterns,
    *payments.api.urlpatterns,
    *reviews.api.urlpatterns,
    path("schema/", schema, name="schema"),
    path("schema.json", schema_json, name="schema_json"),
]
urlpatterns = [
    path("v1/", include((v1, "api"), namespace="api")),
    re_path(r"^.*$", not_found),
]
