"""A buyer asks a seller for an offer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.selectors import is_seller
from inbox.errors import CannotWrite, CannotWriteToYourself
from inbox.extensions import subject_of
from inbox.models import Conversation
from inbox.selectors import beginning_page, conversation_between, conversation_for, conversation_page
from inbox.services import open_conversation
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from marketplace.web.forms import add_domain_error
from marketplace.web.kept import signed_in_keeping, typed
from offers import selectors, services
from offers.errors import NotASeller
from offers.forms import RequestForm
from offers.views import SignedIn
from offers.views.composing import SHOWN_MESSAGES


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, public_id: str) -> HttpResponse:
    """In a conversation that is under way. `?gig=` names what it is about."""
    conversation = conversation_for(viewer=request.user, public_id=public_id)
    return _ask(request, conversation.other(request.user), conversation)


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def ask_seller(request: SignedIn, public_id: str) -> HttpResponse:
    """From a seller's pages; asking begins the conversation, and leads to it when there is one."""
    buyer = request.user
    seller = get_object_or_404(User.objects.select_related("seller"), public_id=public_id, is_active=True)
    if seller == buyer:
        raise CannotWriteToYourself
    found = conversation_between(viewer=buyer, other=seller)
    if found is not None and request.method != "POST":
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{reverse('offers:ask', args=[found.public_id])}{asked}#composer")
    return _ask(request, seller, found)


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


def _ask(request: SignedIn, seller: User, conversation: Conversation | None) -> HttpResponse:
    buyer = request.user
    if not is_seller(seller):
        raise NotASeller(name=seller.first_name)
    about = subject_of(request.GET.get("gig", ""), seller)
    begun = {"brief": f"About “{about.title}”: "} if about else {}
    form = RequestForm(typed(request), request.FILES or None, initial=begun, currency=seller.seller.currency)
    if request.method == "POST" and form.is_valid():
        conversation = conversation or open_conversation(starter=buyer, other=seller, now=clock.now())
        if _asked(conversation, buyer, form):
            messages.success(request, f"Sent. {seller.first_name} will answer with an offer or a question.")
            return redirect(conversation.latest_url)
    if conversation:
        around = conversation_page(conversation=conversation, viewer=buyer, size=SHOWN_MESSAGES)
    else:
        around = beginning_page(viewer=buyer, other=seller)
    status = 422 if form.errors else 200
    return render(request, "offers/ask.html", {**around, "form": form, "nav_section": "inbox"}, status=status)


def _asked(conversation: Conversation, buyer: User, form: RequestForm) -> bool:
    """Ask what the form, which is valid, holds; False when it now says what is wrong."""
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
