"""The list of conversations: all, some, searched."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import working_for
from inbox import selectors
from inbox.enums import Filter
from inbox.forms import ListForm
from inbox.views import SignedIn


@login_required
@require_safe
def conversation_list(request: SignedIn) -> HttpResponse:
    asked, viewer = ListForm(request.GET), working_for(request)
    context: dict[str, object] = {"search": asked.words, "shown": asked.shown, "filters": Filter}
    if asked.words:
        found = selectors.search_inbox(viewer=viewer, words=asked.words)
        context |= {"found": found, "page": selectors.LinePage(lines=found.people, older="")}
    else:
        tag = selectors.inbox_tag(viewer)
        page = selectors.list_lines(viewer=viewer, shown=asked.shown, older=asked.older_than)
        context |= {"page": page, "tag": "" if asked.older_than else tag}
    return render(request, "inbox/list.html", context)
