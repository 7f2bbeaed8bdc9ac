"""What every request passes through."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from marketplace.kernel.errors import DomainError
from marketplace.web import instants

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]
TWO = "\r\n"  # how browsers send the end of a line
ERROR_PAGES = {403: "403.html", 404: "404.html", 409: "409.html", 422: "409.html"}
# No page of ours uses these; a script that slipped in could not either.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()" for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


class TimezoneMiddleware:
    """Shows times in the signed-in person's zone; UTC for visitors and for a zone that no longer exists."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(instants.zone_named(getattr(request.user, "timezone", "UTC"))):
            return self.get_response(request)


class LineEndsMiddleware:
    """Ends a line of what was typed with one character: browsers count one against `maxlength`, and then send two.

    Views without CSRF read bodies that no page of ours has made.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: object) -> None:
        if getattr(view, "csrf_exempt", False) or not any(TWO in text for _, text in _typed(request)):
            return
        posted = QueryDict(mutable=True)
        for name, text in _typed(request):
            posted.appendlist(name, text.replace(TWO, "\n"))
        request.POST = posted  # type: ignore[assignment]  # Django lets it be set, its stubs don't


class DomainErrorMiddleware:
    """Turns a refusal that no view caught into a page with its sentence, or into a note for htmx."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        """None for anything else: Django answers that with its 500 page and logs it."""
        if not isinstance(exc, DomainError):
            return None
        if getattr(request, "htmx", False):
            note = render(request, "partials/refusal.html", {"error": exc}, status=exc.status)
            note["HX-Retarget"], note["HX-Reswap"] = "#messages", "innerHTML"
            return note
        return render(
            request,
            ERROR_PAGES.get(exc.status, "409.html"),
            {"error": exc, "back": _page_before(request)},
            status=exc.status,
        )


class PrivateMiddleware:
    """What a signed-in person gets is kept by no cache but their own browser's, and looked up anew there.

    A view that says more about keeping is left alone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response.headers and request.user.is_authenticated:
            patch_cache_control(response, private=True, no_cache=True)
        return response


class SignedOutMiddleware:
    """Tells a page that asks by htmx that nobody is signed in any more, instead of putting the sign-in page into it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not getattr(request, "htmx", False) or "Location" not in response.headers:
            return response
        login = resolve_url(settings.LOGIN_URL)
        if not response["Location"].startswith(login):
            return response
        note = render(request, "partials/signed_out.html", {"login": login}, status=401)
        note["HX-Retarget"], note["HX-Reswap"] = "#messages", "innerHTML"
        return note


class FragmentMessagesMiddleware:
    """Adds messages that a view has left to the fragment that htmx asked for, so that they show at once."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not self._takes_messages(request, response):
            return response
        waiting = list(get_messages(request))
        if waiting:
            text = render_to_string("partials/messages.html", {"messages": waiting, "out_of_band": True}, request)
            response.content += text.encode()
        return response

    @staticmethod
    def _takes_messages(request: HttpRequest, response: HttpResponse) -> bool:
        """A fragment of HTML that is swapped in, not a redirect and not a whole page (which shows them itself)."""
        return (
            bool(getattr(request, "htmx", False))
            and not response.streaming
            and response.status_code in {200, 422}
            and response.get("Content-Type", "").startswith("text/html")
            and not {"HX-Redirect", "HX-Location", "HX-Refresh"} & set(response.headers)
            and b"<html" not in response.content[:200]
        )


def _typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, texts in request.POST.lists():
        yield from ((name, str(text)) for text in texts)


def _page_before(request: HttpRequest) -> str:
    """Where the person came from, if that was a page of ours."""
    before = request.headers.get("Referer", "")
    return before if url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}) else "/"
