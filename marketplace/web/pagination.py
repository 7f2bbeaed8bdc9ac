"""Pages of the API, by cursor: nothing is skipped or shown twice when rows arrive meanwhile."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    """A cursor that was made up, and so names no value of the column, is 404 like any other wrong one."""

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> list[Any] | None:
        try:
            return super().paginate_queryset(*args, **kwargs)
        except (ValueError, ValidationError) as error:
            raise NotFound(self.invalid_cursor_message) from error


class NewestFirst(Pages):
    """`{"next": url, "previous": url, "results": [...]}`, newest first; `?page_size=` up to 100."""

    ordering = ("-created_at", "-pk")
    page_size_query_param = "page_size"
    max_page_size = 100
