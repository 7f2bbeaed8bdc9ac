"""What somebody typed into a form after their session had ended: kept over the sign-in and shown again (R-GIG-3).

A view takes `@signed_in_keeping()` in place of `login_required`, and binds its form to `typed(request)` in place of
`request.POST or None`. The text lies in the visitor's own session, under the address of the page with the form, until
the form is sent, thrown away or a day old. Files can't be kept; the note says so.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeAlias

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.html import format_html

from marketplace.kernel import clock

View: TypeAlias = Callable[..., HttpResponse]

KEY = "typed"
MOST_CHARACTERS = 200_000  # of one form, encoded: a description with all its rows
MOST_FORMS = 3
LASTS = timedelta(days=1)
SECRETS = ("csrfmiddlewaretoken", "password")
BY_ITSELF = "X-Autosave"  # the header of what a page sends without a button being pressed
AGAIN = "You had been signed out. Everything you typed is here; save it. "
NO_FILES = "Files could not be kept: choose them again. "
TOO_LONG = (
    "You had been signed out, and what you sent was too long to keep here. Your browser’s Back button may have it."
)


def signed_in_keeping(*, page: Callable[..., str] | None = None) -> Callable[[View], View]:
    """A view that asks people to sign in first, and keeps what a visitor has posted to it.

    `page` gives the address of the page with the form, from the view's arguments, where it isn't the view's own.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            address = page(*args, **kwargs) if page else request.path
            if not request.user.is_authenticated:
                if request.method == "POST":
                    keep(request, address)
                return _to_sign_in(request, address if request.method == "POST" else request.get_full_path())
            if request.method == "GET":
                show_kept(request, address)
            response = view(request, *args, **kwargs)
            if request.method == "POST" and response.status_code < 400:
                forget(request, address)
            return response

        return guarded

    return decorate


def _to_sign_in(request: Any, back: str) -> HttpResponse:
    """A button of htmx is led there. What a page sends by itself leaves whoever types where they are (401)."""
    redirect = redirect_to_login(back)
    if request.headers.get("HX-Request") and not request.headers.get(BY_ITSELF):
        return HttpResponse(headers={"HX-Redirect": redirect.url})
    return redirect


def show_typed(view: View) -> View:
    """For the page of a form that another view takes: what was typed into it is there again."""

    @wraps(view)
    def shown(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and request.user.is_authenticated:
            show_kept(request, request.path)
        return view(request, *args, **kwargs)

    return shown


def typed(request: HttpRequest) -> QueryDict | None:
    """What the form is bound to: what is posted now, else what was kept before signing in, else nothing."""
    if request.method == "POST":
        return request.POST
    before: QueryDict | None = getattr(request, "typed_before", None)
    return before


def keep(request: HttpRequest, address: str) -> None:
    posted = request.POST.copy()
    for name in SECRETS:
        posted.pop(name, None)
    text = posted.urlencode()
    entry = {
        "text": text if len(text) <= MOST_CHARACTERS else "",
        "files": bool(request.FILES),
        "at": clock.now().isoformat(),
    }
    others = {path: kept for path, kept in _fresh(request).items() if path != address}
    newest = dict(list(others.items())[-(MOST_FORMS - 1) :])
    request.session[KEY] = {**newest, address: entry}


def forget(request: HttpRequest, address: str) -> None:
    entries = request.session.get(KEY, {})
    if address in entries:
        request.session[KEY] = {path: kept for path, kept in entries.items() if path != address}


def show_kept(request: HttpRequest, address: str) -> None:
    """Put what was kept for `address` where `typed` finds it, with a note about it."""
    entry = _fresh(request).get(address)
    if entry is None:
        return
    if request.GET.get("typed") == "drop" or not entry["text"]:
        forget(request, address)
        if not entry["text"]:
            messages.warning(request, TOO_LONG)
        return
    request.typed_before = QueryDict(entry["text"])  # type: ignore[attr-defined]
    drop = format_html('<a href="{}?typed=drop">Throw it away</a>', address)
    messages.warning(request, format_html("{}{}{}", AGAIN, NO_FILES if entry["files"] else "", drop))


def _fresh(request: HttpRequest) -> dict[str, Any]:
    oldest = clock.now() - LASTS
    entries = request.session.get(KEY, {})
    return {path: kept for path, kept in entries.items() if datetime.fromisoformat(kept["at"]) > oldest}
