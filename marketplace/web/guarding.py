"""What is turned away before a view looks at it, because no page of ours could have sent it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse

from marketplace.web.problems import CONTENT_TYPE, make

NUL = "\0"  # PostgreSQL keeps no text that has it
API = "/api/"


class GuardMiddleware:
    """400 for a NUL character in an address, a query or a form; 413 for a large body of somebody who isn't signed in.

    Views of the API and webhooks read their bodies themselves, and say themselves what is wrong with them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_too_much(request):
            return HttpResponse("Sign in before you send files.\n", content_type="text/plain", status=413)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        if not any(NUL in text for text in texts_of(request, view, kwargs)):
            return None
        if request.path.startswith(API):
            problem = make(status=400, code="unreadable", detail="The address has a character that no id of ours has.")
            return JsonResponse(problem, status=400, content_type=CONTENT_TYPE)
        raise BadRequest("a NUL character")


def is_too_much(request: HttpRequest) -> bool:
    """Would a visitor fill our disk? Nobody sends files before signing in; the API signs in before it reads."""
    claimed = request.META.get("CONTENT_LENGTH") or "0"
    large = claimed.isdecimal() and int(claimed[:18]) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return large and not request.path.startswith(API) and not request.user.is_authenticated


def texts_of(request: HttpRequest, view: Callable[..., Any], kwargs: Mapping[str, Any]) -> Iterator[str]:
    yield from (value for value in kwargs.values() if isinstance(value, str))
    sent = [request.GET] if getattr(view, "csrf_exempt", False) else [request.GET, request.POST]
    for fields in sent:
        for name, values in fields.lists():
            yield from (name, *map(str, values))
