"""One line in the logs for each request, without what must not be read there."""

import re

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

# A link of these signs its reader in, lets them choose a new password, join a team or read a calendar.
SECRET = re.compile(r"^(/accounts/(?:confirm-email|password/reset/key)/|/team/join/|/calendar/).+")


class RequestLogMiddleware(RequestMiddleware):
    """Addresses without their query (what people search for is theirs) and without the key of a private link."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        path = SECRET.sub(r"\1…", request.path)
        return f"{request.method} {path}"
