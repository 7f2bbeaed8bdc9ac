"""Pages of the API, by cursor: nothing is skipped or shown twice when rows arrive meanwhile."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """`{"next": url, "previous": url, "results": [...]}`, newest first; `?page_size=` up to 100."""

    ordering = ("-created_at", "-pk")
    page_size_query_param = "page_size"
    max_page_size = 100
