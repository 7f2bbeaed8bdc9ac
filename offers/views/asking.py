"""A buyer asks a seller for an offer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from inbox.errors import CannotWrite
from inbox.models import Conversation
from inbox.selectors import conversation_for, conversation_page
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from marketplace.web.forms import add_domain_error
from marketplace.web.kept import signed_in_keeping, typed
from offers import policies, selectors, services
from offers.errors import NotASeller
from offers.forms import RequestForm
from offers.views import SignedIn
from offers.views.composing import SHOWN_MESSAGES


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, public_id: str) -> HttpResponse:
    buyer = request.user
    conversation = conversation_for(viewer=buyer, public_id=public_id)
    seller = conversation.other(buyer)
    if not policies.may_ask(conversation=conversation, user=buyer):
        raise NotASeller(name=seller.first_name)
    form = RequestForm(typed(request), request.FILES or None, currency=seller.seller.currency)
    if request.method == "POST" and _asked(conversation, buyer, form):
        messages.success(request, f"Sent. {seller.first_name} will answer with an offer or a question.")
        return redirect(conversation.latest_url)
    around = conversation_page(conversation=conversation, viewer=buyer, size=SHOWN_MESSAGES)
    status = 422 if form.errors else 200
    return render(request, "offers/ask.html", {**around, "form": form, "nav_section": "inbox"}, status=status)


@login_required
@require_POST
def decline_request(request: SignedIn, public_id: str) -> HttpResponse:
    """The seller makes no offer, with a word about why."""
    asked = selectors.request_for(viewer=request.user, public_id=public_id)
    try:
        services.decline_request(
            request=asked, actor=request.user, reason=request.POST.get("reason", ""), now=clock.now()
        )
    except Invalid as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Declined. {asked.buyer.first_name} has been told.")
    return redirect(asked.conversation.latest_url)


def _asked(conversation: Conversation, buyer: User, form: RequestForm) -> bool:
    """Ask; False when the form now says what is wrong."""
    if not form.is_valid():
        return False
    given, currency = form.cleaned_data, form.currency
    try:
        services.ask_for_offer(
            conversation=conversation,
            buyer=buyer,
            brief=given["brief"],
            budget=Money(given["budget"], currency) if given["budget"] is not None else None,
            needed_by=given["needed_by"],
            currency=currency,
            files=given["attachments"],
            now=clock.now(),
        )
    except (Invalid, CannotWrite) as refusal:
        add_domain_error(form, refusal)
        return False
    return True
