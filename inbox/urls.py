"""Addresses of the inbox."""

from django.urls import path

from inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.conversation_list, name="list"),
    path("with/<str:public_id>/", views.start, name="start"),
    path("files/<str:public_id>/", views.attachment, name="attachment"),
    path("<str:public_id>/", views.conversation, name="conversation"),
    path("<str:public_id>/news/", views.news, name="news"),
]
