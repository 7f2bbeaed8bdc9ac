"""Addresses of one's own account, beside allauth's."""

from django.urls import path

from accounts.views import calendar, settings, team

app_name = "accounts"
urlpatterns = [
    path("settings/", settings.profile, name="settings"),
    path("settings/selling/", settings.seller, name="seller"),
    path("settings/billing/", settings.billing, name="billing"),
    path("settings/tokens/", settings.tokens, name="tokens"),
    path("settings/tokens/<str:public_id>/revoke/", settings.revoke, name="revoke_token"),
    path("settings/calendar/", calendar.calendar, name="calendar"),
    path("settings/calendar/<str:action>/", calendar.change, name="change_calendar"),
    path("settings/team/", team.team, name="team"),
    path("settings/team/<str:public_id>/<str:action>/", team.change_member, name="change_member"),
    path("settings/invitations/<str:public_id>/<str:action>/", team.change_invitation, name="change_invitation"),
    path("team/work-for/", team.work_for, name="work_for"),
    path("team/join/<str:secret>/", team.join, name="join"),
    path("sell/", settings.sell, name="sell"),
]
