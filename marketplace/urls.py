"""Every address of the site, app by app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("support/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("marketplace.web.urls")),
    path("", include("accounts.urls")),
    path("notifications/", include("notifications.urls")),
    path("api/", include("marketplace.api")),
]
