"""Addresses of the catalogue and of the gig editor."""

from django.urls import path

from gigs.views import catalogue, selling, tabs, templates

app_name = "gigs"
urlpatterns = [
    path("", catalogue.browse, name="browse"),
    path("mine/", selling.mine, name="mine"),
    path("new/", tabs.new, name="new"),
    path("templates/", templates.library, name="templates"),
    path("templates/<str:public_id>/", templates.template, name="template"),
    path("templates/<str:public_id>/rename/", templates.rename, name="rename_template"),
    path("templates/<str:public_id>/copy/", templates.copy, name="copy_template"),
    path("templates/<str:public_id>/delete/", templates.delete, name="delete_template"),
    path("images/<str:public_id>/<str:size>.webp", catalogue.image, name="image"),
    path("<str:public_id>/", catalogue.gig, name="gig"),
    path("<str:public_id>/edit/<str:tab>/", selling.edit, name="edit"),
    path("<str:public_id>/images/<str:image_id>/", selling.change_image, name="change_image"),
    path("<str:public_id>/pause/", selling.pause, name="pause"),
]
