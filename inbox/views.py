"""Pages of the inbox. Strangers get 404, for everything here is between two people (R-OFR-1)."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from inbox import selectors, services
from inbox.errors import CannotWriteToYourself
from inbox.forms import MessageForm
from inbox.models import Conversation
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.web.files import download_response
from marketplace.web.forms import add_domain_error
from marketplace.web.numbers import read_number


class SignedIn(HttpRequest):
    """A request behind `login_required`."""

    user: User
    htmx: HtmxDetails


@login_required
@require_safe
def conversation_list(request: SignedIn) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    lines = selectors.list_lines(viewer=request.user, search=search)
    return render(request, "inbox/list.html", {"lines": lines, "search": search})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: SignedIn, public_id: str) -> HttpResponse:
    """Reading marks as read; posting sends a message, in place for htmx."""
    viewer = request.user
    found = selectors.conversation_for(viewer=viewer, public_id=public_id)
    form = MessageForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        if _send(found, viewer, form):
            return _sent(request, found)
        status = 422
        if request.htmx:
            return render(request, "inbox/write.html", {"form": form, "conversation": found}, status=status)
    services.mark_read(conversation=found, reader=viewer, now=clock.now())
    page = selectors.conversation_page(
        conversation=found, viewer=viewer, before=read_number(request.GET.get("before", ""))
    )
    return render(request, "inbox/conversation.html", {**page, "form": form}, status=status)


@login_required
@require_safe
def news(request: SignedIn, public_id: str) -> HttpResponse:
    """What is new since `?after=`, for a page that is open: 304 while nothing is."""
    viewer = request.user
    found = selectors.conversation_for(viewer=viewer, public_id=public_id)
    tag = quote_etag(selectors.reading_of(conversation=found, viewer=viewer).tag)
    response = get_conditional_response(request, etag=tag)
    if response is None or response.status_code != 304:
        response = _news(request, found, request.GET.get("after", ""))
        response["ETag"] = tag
    else:
        response["HX-Reswap"] = "none"
    patch_cache_control(response, private=True, no_cache=True)
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedIn, public_id: str) -> HttpResponse:
    """The first message to somebody; leads to the conversation when there is one."""
    viewer = request.user
    other = get_object_or_404(User, public_id=public_id, is_active=True)
    if other == viewer:
        raise CannotWriteToYourself
    found = selectors.conversation_between(viewer=viewer, other=other)
    if found is not None and request.method != "POST":
        return redirect(found)
    form = MessageForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        begun = services.open_conversation(starter=viewer, other=other, now=clock.now())
        if _send(begun, viewer, form):
            return redirect(begun.latest_url)
    context = {
        "lines": selectors.list_lines(viewer=viewer),
        "other": other,
        "time_there": selectors.time_there(other),
        "form": form,
    }
    return render(request, "inbox/start.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def attachment(request: SignedIn, public_id: str) -> FileResponse:
    found = selectors.attachment_for(viewer=request.user, public_id=public_id)
    return download_response(found.file.open("rb"), found.name)


def _send(conversation: Conversation, author: User, form: MessageForm) -> bool:
    """Send what the form holds; False when the form now says what is wrong."""
    if not form.is_valid():
        return False
    try:
        services.send_message(
            conversation=conversation,
            author=author,
            body=form.cleaned_data["body"],
            files=form.cleaned_data["attachments"],
            now=clock.now(),
        )
    except Invalid as refusal:
        add_domain_error(form, refusal)
        return False
    return True


def _sent(request: SignedIn, conversation: Conversation) -> HttpResponse:
    if not request.htmx:
        return redirect(conversation.latest_url)
    response = render(request, "inbox/write.html", {"form": MessageForm(), "conversation": conversation})
    response.content += _news(request, conversation, request.POST.get("after", "")).content
    return response


def _news(request: SignedIn, conversation: Conversation, after: str) -> HttpResponse:
    viewer, seen = request.user, read_number(after)
    services.mark_read(conversation=conversation, reader=viewer, now=clock.now())
    thread = selectors.thread_news(
        conversation=conversation, viewer=viewer, after=conversation.version if seen is None else seen
    )
    context = {"conversation": conversation, "thread": thread, "viewer": viewer, "oob": True}
    return render(request, "inbox/news.html", context)
