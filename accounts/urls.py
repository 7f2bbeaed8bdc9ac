"""Addresses of one's own account, beside allauth's."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("settings/", views.profile, name="settings"),
    path("settings/selling/", views.seller, name="seller"),
    path("settings/billing/", views.billing, name="billing"),
    path("settings/tokens/", views.tokens, name="tokens"),
    path("settings/tokens/<str:public_id>/revoke/", views.revoke, name="revoke_token"),
    path("sell/", views.sell, name="sell"),
]
