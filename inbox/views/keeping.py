"""What one keeps for one's conversations: quick answers, and whom one blocks; and reports to support."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from inbox import selectors, services
from inbox.forms import AnswerForm, ReportForm
from inbox.models import QuickAnswer
from inbox.views import SignedIn
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid, Refused
from marketplace.web.forms import add_domain_error
from marketplace.web.kept import signed_in_keeping, typed


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: SignedIn) -> HttpResponse:
    """One's quick answers, and a form for another."""
    form = AnswerForm(typed(request))
    if request.method == "POST" and _kept(request.user, form, None):
        messages.success(request, f"“{form.cleaned_data['title']}” is kept.")
        return redirect("inbox:answers")
    context = {"answers": selectors.answers_of(request.user), "form": form}
    return render(request, "inbox/answers.html", context, status=422 if request.method == "POST" else 200)


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedIn, public_id: str) -> HttpResponse:
    found = selectors.answer_for(owner=request.user, public_id=public_id)
    form = AnswerForm(typed(request), initial={"title": found.title, "text": found.text})
    if request.method == "POST" and _kept(request.user, form, found):
        messages.success(request, f"“{form.cleaned_data['title']}” is changed.")
        return redirect("inbox:answers")
    context = {"answer": found, "form": form}
    return render(request, "inbox/answer.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def delete_answer(request: SignedIn, public_id: str) -> HttpResponse:
    found = selectors.answer_for(owner=request.user, public_id=public_id)
    services.delete_answer(owner=request.user, answer=found)
    messages.success(request, f"“{found.title}” is deleted.")
    return redirect("inbox:answers")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: SignedIn, public_id: str) -> HttpResponse:
    """Says what blocking does; posting blocks."""
    found = selectors.conversation_for(viewer=request.user, public_id=public_id)
    other = found.other(request.user)
    if request.method == "POST":
        services.block_person(blocker=request.user, blocked=other, now=clock.now())
        messages.success(request, f"You have blocked {other.display_name}.")
        return redirect(found)
    return render(request, "inbox/block.html", {"conversation": found, "other": other})


@login_required
@require_safe
def blocked(request: SignedIn) -> HttpResponse:
    return render(request, "inbox/blocked.html", {"blocks": selectors.blocked_by(request.user)})


@login_required
@require_POST
def unblock(request: SignedIn, public_id: str) -> HttpResponse:
    """Back to the conversation, if one is named by `then`; else to the list of whom one blocks."""
    other = get_object_or_404(User.objects.filter(pk__in=selectors.blocked_by(request.user).values("blocked")),
                              public_id=public_id)  # fmt: skip
    services.unblock_person(blocker=request.user, blocked=other)
    messages.success(request, f"{other.display_name} can write to you again, and you to them.")
    conversation = selectors.conversation_between(viewer=request.user, other=other)
    return redirect(conversation if conversation and "back" in request.POST else "inbox:blocked")


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: SignedIn, public_id: str) -> HttpResponse:
    """Tell support of the conversation, or of one message in it."""
    viewer = request.user
    found = selectors.conversation_for(viewer=viewer, public_id=public_id)
    choices = selectors.reportable_messages(conversation=found, viewer=viewer)
    form = ReportForm(typed(request), messages=choices)
    if request.method == "POST" and form.is_valid():
        try:
            services.report_conversation(
                conversation=found,
                reporter=viewer,
                reason=form.cleaned_data["reason"],
                words=form.cleaned_data["words"],
                message=form.cleaned_data["message"],
                now=clock.now(),
            )
        except (Invalid, Refused) as refusal:
            add_domain_error(form, refusal)
        else:
            messages.success(request, "Support has your report and will read the conversation. Thank you.")
            return redirect(found)
    context = {"conversation": found, "other": found.other(viewer), "form": form}
    return render(request, "inbox/report.html", context, status=422 if request.method == "POST" else 200)


def _kept(owner: User, form: AnswerForm, found: QuickAnswer | None) -> bool:
    """Keep what the form holds; False when the form now says what is wrong."""
    if not form.is_valid():
        return False
    try:
        services.save_answer(
            owner=owner, title=form.cleaned_data["title"], text=form.cleaned_data["text"], answer=found
        )
    except (Invalid, Refused) as refusal:
        add_domain_error(form, refusal)
        return False
    return True
