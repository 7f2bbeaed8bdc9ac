"""Addresses of the catalogue and of the gig editor."""

from django.urls import path

from gigs.views import catalogue

app_name = "gigs"
urlpatterns = [
    path("", catalogue.browse, name="browse"),
    path("images/<str:public_id>/<str:size>.webp", catalogue.image, name="image"),
    path("<str:public_id>/", catalogue.gig, name="gig"),
]
