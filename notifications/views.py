"""The list of notices, and which of them are mailed."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from marketplace.kernel import clock
from notifications.forms import PreferencesForm
from notifications.models import Notification
from notifications.rendering import Words, render_words
from notifications.selectors import email_wishes, notices_for, unread_count
from notifications.services.reading import choose_emails, mark_all_read, open_notice

PER_PAGE = 25


class SignedIn(HttpRequest):
    """A request behind `login_required`."""

    user: User


@dataclass(frozen=True, slots=True)
class Line:
    """A notice with its words, as the list shows it."""

    notice: Notification
    words: Words


@login_required
@require_safe
def notices(request: SignedIn) -> HttpResponse:
    only_unread = request.GET.get("show") == "unread"
    page = Paginator(notices_for(request.user, unread_only=only_unread), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [Line(notice, render_words(notice, reader=request.user)) for notice in page],
        "only_unread": only_unread,
        "unread": unread_count(request.user),
        "shown_at": clock.now(),
    }
    return render(request, "notifications/list.html", context)


@login_required
@require_safe
def open_one(request: SignedIn, public_id: str) -> HttpResponse:
    """Where the bell's lines and the mails' buttons lead: marks the notice as read and goes on to its page."""
    return redirect(open_notice(reader=request.user, public_id=public_id, now=clock.now()))


@login_required
@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    now = clock.now()
    mark_all_read(reader=request.user, until=shown_at(request.POST.get("until", "")) or now, now=now)
    return redirect("notifications:list")


def shown_at(text: str) -> datetime | None:
    """When the list was made, as its form sent it back; None when that is no instant."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: SignedIn) -> HttpResponse:
    form = PreferencesForm(request.POST or None, wishes=email_wishes(request.user))
    if request.method == "POST" and form.is_valid():
        choose_emails(user=request.user, wishes=form.cleaned_data)
        messages.success(request, "Your choice is saved.")
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})
