"""Addresses of reviews."""

from django.urls import path

from reviews import views

app_name = "reviews"
urlpatterns = [
    path("order/<str:public_id>/", views.write, name="write"),
    path("gig/<str:public_id>/", views.of_gig, name="gig"),
    path("seller/<str:public_id>/", views.of_seller, name="seller"),
    path("<str:public_id>/answer/", views.answer, name="answer"),
]
