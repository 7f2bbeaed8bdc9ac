"""Reviews on the desk: revealed ones, with why an order was stopped; nobody changes them (R-SUP-5)."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from marketplace.web.desk import ReadOnly
from reviews.models import Review


@admin.register(Review)
class ReviewAdmin(ReadOnly, admin.ModelAdmin[Review]):
    list_display = ("order", "side", "author", "subject", "stars", "revealed_at")
    list_filter = ("side", "stars")
    list_select_related = ("order", "author", "subject")
    list_per_page = 50
    search_fields = ("order__number", "author__name", "subject__name", "text")
    search_help_text = "An order number, a person’s name, or words of the review"
    ordering: ClassVar = ["-revealed_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return super().get_queryset(request).filter(revealed_at__isnull=False)
