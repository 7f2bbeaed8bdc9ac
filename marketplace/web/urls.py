"""Addresses of what every page shares."""

from django.urls import path

from marketplace.web import views

urlpatterns = [
    path("how-milestones-work/", views.how, name="how"),
    path("help/", views.help_page, name="help"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
