"""Notices at the support desk: what a person was told, and whether the mail went out. Nothing is changed here."""

from typing import ClassVar

from django.contrib import admin

from marketplace.web.desk import ReadOnly
from notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnly, admin.ModelAdmin[Notification]):
    list_display = ("created_at", "recipient", "kind", "email_state", "attempts", "read_at")
    list_filter = ("email_state", "kind")
    list_select_related: ClassVar = ["recipient"]
    search_fields = ("recipient__email", "recipient__name", "public_id", "dedupe_key")
    date_hierarchy = "created_at"
