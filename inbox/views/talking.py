"""An open conversation: read it, write into it, begin one."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from inbox import selectors, services
from inbox.actors import side_of
from inbox.errors import CannotWrite, CannotWriteToYourself
from inbox.forms import MessageForm
from inbox.limits import BODY_LIMIT
from inbox.models import Conversation
from inbox.selectors.threads import Thread
from inbox.views import SignedIn
from inbox.views.news import mark_shown, news_of
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.web.files import download_response
from marketplace.web.forms import add_domain_error
from marketplace.web.kept import signed_in_keeping, typed
from marketplace.web.markdown import render as render_markdown
from marketplace.web.numbers import read_number


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: SignedIn, public_id: str) -> HttpResponse:
    """Reading marks as read; posting sends a message, or puts a quick answer into the one that is being written.

    `?gig=` names what the message will be about.
    """
    found, viewer = selectors.conversation_as(user=request.user, public_id=public_id)
    if "insert" in request.POST:
        return _insert(request, found, viewer)
    if request.htmx and "before" in request.GET:
        return _earlier(request, found, viewer)
    form = _form(request)
    if request.method == "POST":
        if _send(found, request.user, form):
            return _sent(request, found, viewer)
        if request.htmx:
            return render(request, "inbox/write.html", _writing(found, viewer, form), status=422)
    return _show(request, found, viewer, form, status=422 if request.method == "POST" else 200)


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedIn, public_id: str) -> HttpResponse:
    """The first message to somebody; leads to the conversation when there is one."""
    viewer = request.user
    other = get_object_or_404(User, public_id=public_id, is_active=True)
    if other == viewer:
        raise CannotWriteToYourself
    found = selectors.conversation_between(viewer=viewer, other=other)
    if found is not None and request.method != "POST":
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{found.get_absolute_url()}{asked}#latest")
    form = _form(request)
    if request.method == "POST":
        begun = services.open_conversation(starter=viewer, other=other, now=clock.now())
        if _send(begun, viewer, form):
            return redirect(begun.latest_url)
    context = {**selectors.beginning_page(viewer=viewer, other=other), "form": form, "about": form.subject(other)}
    return render(request, "inbox/start.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def preview(request: SignedIn) -> HttpResponse:
    """How what one is writing will look."""
    words = request.POST.get("body", "").strip()[:BODY_LIMIT]
    return render(request, "inbox/preview.html", {"words": render_markdown(words)})


@login_required
@require_safe
def attachment(request: SignedIn, public_id: str) -> FileResponse:
    found = selectors.attachment_for(viewer=request.user, public_id=public_id)
    return download_response(found.file.open("rb"), found.name)


@login_required
@require_safe
def thumbnail(request: SignedIn, public_id: str) -> FileResponse:
    """The small copy of a picture; 404 for a file that has none."""
    found = selectors.attachment_for(viewer=request.user, public_id=public_id, pictures=True)
    return download_response(found.thumbnail.open("rb"), f"{found.name}.webp", inline=True)


def _show(
    request: SignedIn, conversation: Conversation, viewer: User, form: MessageForm, *, status: int
) -> HttpResponse:
    now = clock.now()
    services.mark_read(conversation=conversation, reader=viewer, now=now)
    page = selectors.conversation_page(
        conversation=conversation,
        viewer=viewer,
        before=read_number(request.GET.get("before", "")),
        at=read_number(request.GET.get("at", "")),
    )
    mark_shown(request.user, conversation, cast(Thread, page["thread"]), now)
    context = {**page, "form": form, "about": form.subject(conversation.other(viewer))}
    return render(request, "inbox/conversation.html", context, status=status)


def _earlier(request: SignedIn, conversation: Conversation, viewer: User) -> HttpResponse:
    """What comes before what the page shows, for its top."""
    thread = selectors.thread_page(conversation=conversation, viewer=viewer, before=read_number(request.GET["before"]))
    context = {"thread": thread, "viewer": viewer, "conversation": conversation}
    return render(request, "inbox/earlier.html", context)


def _insert(request: SignedIn, conversation: Conversation, viewer: User) -> HttpResponse:
    """The words so far with a quick answer at their end; nothing is sent."""
    words = request.POST.get("body", "").rstrip()
    answer = selectors.answer_for(owner=viewer, public_id=request.POST.get("answer", ""))
    filled = answer.filled_for(conversation.other(viewer))
    body, about = f"{words}\n\n{filled}" if words else filled, request.POST.get("about", "")
    form = MessageForm(initial={"body": body, "about": about})
    if request.htmx:
        return render(request, "inbox/words.html", {"form": form})
    return _show(request, conversation, viewer, form, status=200)


def _form(request: SignedIn) -> MessageForm:
    return MessageForm(typed(request), request.FILES or None, initial={"about": request.GET.get("gig", "")})


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
            about=form.subject(conversation.other(side_of(conversation, author))),
            now=clock.now(),
        )
    except (Invalid, CannotWrite) as refusal:
        add_domain_error(form, refusal)
        return False
    return True


def _sent(request: SignedIn, conversation: Conversation, viewer: User) -> HttpResponse:
    if not request.htmx:
        return redirect(conversation.latest_url)
    response = render(request, "inbox/write.html", _writing(conversation, viewer, MessageForm()))
    response.content += news_of(request, conversation, viewer, request.POST.get("after", "")).content
    return response


def _writing(conversation: Conversation, viewer: User, form: MessageForm) -> dict[str, Any]:
    """What `inbox/write.html` needs when it comes alone."""
    return {
        "form": form,
        "conversation": conversation,
        "other": conversation.other(viewer),
        "standing": selectors.standing_of(conversation=conversation, viewer=viewer),
        "quick_answers": selectors.answers_of(viewer),
        "about": form.subject(conversation.other(viewer)),
        "live": True,
    }
