"""The buyer's saved cards: which are kept, for which orders, removing one, and choosing the one that pays next."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from orders.errors import NotYours
from orders.forms import CardForm
from orders.presenters.cards import kept_cards
from orders.services.cards import choose_card, remove_card
from orders.views.showing import back_to, find_view, refuse, signed_in


@login_required
@never_cache
@require_safe
def card_list(request: HttpRequest) -> HttpResponse:
    return _show(request)


@login_required
@require_POST
def remove(request: HttpRequest, stripe_id: str) -> HttpResponse:
    try:
        remove_card(user=signed_in(request), stripe_id=stripe_id)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        return _show(request, refusal)
    messages.success(request, "The card was removed. It can’t be charged any more.")
    response = redirect("cards:list")
    response.status_code = 303
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Which saved card pays for what comes next in an order."""
    view = find_view(request, public_id)
    if not view.is_buyer:
        return refuse(request, public_id, NotYours(role="buyer"))
    form = CardForm(request.POST if request.method == "POST" else None, view=view)
    try:
        if form.is_valid():
            choose_card(order=view.order, actor=signed_in(request), **form.cleaned_data)
            messages.success(request, "The next payments of this order take the card that you chose.")
            return back_to(request, public_id)
    except DomainError as refusal:
        return refuse(request, public_id, refusal)
    context = {"view": view, "order": view.order, "form": form}
    return render(request, "orders/card.html", context, status=422 if form.errors else 200)


def _show(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponse:
    cards = kept_cards(signed_in(request), now=clock.now())
    status = refusal.status if refusal else 200
    return render(request, "orders/cards.html", {"cards": cards, "refusal": refusal}, status=status)
