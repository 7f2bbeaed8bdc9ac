"""What an open page asks again and again. While nothing is new that is one small query and an answer without a body."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policies import working_for
from inbox import selectors, services
from inbox.forms import ListForm
from inbox.models import Conversation
from inbox.views import SignedIn
from marketplace.kernel import clock
from marketplace.web.numbers import read_number
from notifications.services.reading import mark_read_about


def signed_in_or_quiet(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that asks by itself gets 401 once its session has ended, not a sign-in page in the place of its news."""
    behind = login_required(view)

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not request.user.is_authenticated:
            return HttpResponse(status=401)
        return behind(request, *args, **kwargs)

    return guarded


@signed_in_or_quiet
@require_safe
def news(request: SignedIn, public_id: str) -> HttpResponse:
    """What is new since `?after=` in a conversation that is open, and in the list beside it."""
    viewer = request.user
    try:
        tag = selectors.reading_for(viewer=viewer, public_id=public_id).tag
    except Http404:  # not one of the two: for a seller of whose team one is, or not at all
        _, viewer = selectors.conversation_as(user=viewer, public_id=public_id)
        tag = selectors.reading_for(viewer=viewer, public_id=public_id).tag
    if (nothing := _unchanged(request, tag)) is not None:
        return nothing
    found = selectors.conversation_for(viewer=viewer, public_id=public_id)
    return news_of(request, found, viewer, request.GET.get("after", ""))


@signed_in_or_quiet
@require_safe
def list_news(request: SignedIn) -> HttpResponse:
    """The list of conversations as it is now."""
    viewer = working_for(request)
    tag = selectors.inbox_tag(viewer)
    if (nothing := _unchanged(request, tag)) is not None:
        return nothing
    shown = ListForm(request.GET).shown
    context = {"page": selectors.list_lines(viewer=viewer, shown=shown), "shown": shown, "tag": tag}
    return _tagged(render(request, "inbox/list_news.html", context), tag)


def news_of(request: SignedIn, conversation: Conversation, viewer: User, after: str) -> HttpResponse:
    """Everything that came after version `after`, which is then read. `viewer` is one of the two."""
    seen = read_number(after)
    now = clock.now()
    services.mark_read(conversation=conversation, reader=viewer, now=now)
    thread = selectors.thread_news(
        conversation=conversation, viewer=viewer, after=conversation.version if seen is None else seen
    )
    mark_shown(request.user, conversation, thread, now)
    context = {
        "conversation": conversation,
        "thread": thread,
        "viewer": viewer,
        "page": selectors.list_lines(viewer=viewer),
        "oob": True,
    }
    return _tagged(render(request, "inbox/news.html", context), thread.reading.tag)


def mark_shown(person: User, conversation: Conversation, thread: selectors.Thread, shown_at: datetime) -> None:
    """What told `person` of the conversation, and of the cards that stand in this part of it, is read (R-NOT)."""
    mark_read_about(reader=person, pages=[conversation.get_absolute_url(), *thread.pages], shown_at=shown_at)


def _unchanged(request: SignedIn, tag: str) -> HttpResponse | None:
    """304 if the page has `tag` already; None if there is something to send."""
    response = get_conditional_response(request, etag=quote_etag(tag))
    if response is None or response.status_code != 304:
        return None
    response["HX-Reswap"] = "none"
    return _tagged(response, tag)


def _tagged(response: Any, tag: str) -> HttpResponse:
    response["ETag"] = quote_etag(tag)
    patch_cache_control(response, private=True, no_cache=True)
    answer: HttpResponse = response
    return answer
