"""Addresses of the catalogue and of the gig editor."""

from django.urls import path

from gigs.views import browsing, catalogue, selling, shelf, tabs, templates

app_name = "gigs"
urlpatterns = [
    path("", browsing.browse, name="browse"),
    path("in/<slug:place>/", browsing.browse, name="place"),
    path("mine/", shelf.mine, name="mine"),
    path("new/", tabs.new, name="new"),
    path("templates/", templates.library, name="templates"),
    path("templates/<str:public_id>/", templates.template, name="template"),
    path("templates/<str:public_id>/rename/", templates.rename, name="rename_template"),
    path("templates/<str:public_id>/copy/", templates.copy, name="copy_template"),
    path("templates/<str:public_id>/delete/", templates.delete, name="delete_template"),
    path("images/<str:public_id>/<str:size>.webp", catalogue.image, name="image"),
    path("<str:public_id>/", catalogue.gig, name="gig"),
    path("<str:public_id>/about/<slug:slug>/", catalogue.gig, name="gig_by_name"),
    path("<str:public_id>/edit/<str:tab>/", selling.edit, name="edit"),
    path("<str:public_id>/pause/", shelf.pause, name="pause"),
    path("<str:public_id>/archive/", shelf.archive, name="archive"),
    path("<str:public_id>/bring-back/", shelf.bring_back, name="bring_back"),
    path("<str:public_id>/duplicate/", shelf.duplicate, name="duplicate"),
]
