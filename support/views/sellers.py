"""What agents do about a seller's payouts: hold back, let go, settle with Stripe, start anew (R-SUP-4)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from marketplace.kernel.errors import DomainError
from payments.earnings import held_back_of
from payments.models import ConnectedAccount
from support.forms import ReasonForm
from support.services import hold_seller, let_start_anew, pay_seller_again, settle_payout
from support.views.agents import permitted


@require_POST
def settle(request: HttpRequest, pk: int, transfer_pk: int) -> HttpResponse:
    """A payout that is held back becomes what Stripe says that it is."""
    agent, account = _agent_and_account(request, pk)
    transfer = get_object_or_404(held_back_of(account.user), pk=transfer_pk)
    form = ReasonForm(request.POST)
    try:
        if form.is_valid():
            now = settle_payout(account=account, transfer=transfer, agent=agent, reason=form.cleaned_data["reason"])
            messages.success(request, f"Stripe was asked. {now.public_id} is: {now.get_state_display()}.")
        else:
            messages.error(request, "Say in up to 300 characters why you ask Stripe.")
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    return redirect("admin:payments_connectedaccount_change", pk)


@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold back, or with `lift` let go."""
    agent, account = _agent_and_account(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say in up to 300 characters why.")
        return redirect("admin:payments_connectedaccount_change", pk)
    act = pay_seller_again if "lift" in request.POST else hold_seller
    try:
        act(account=account, agent=agent, reason=form.cleaned_data["reason"])
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    else:
        done = "are sent again" if "lift" in request.POST else "are held back, and the seller is told"
        messages.success(request, f"Payouts to {account.user.display_name} {done}.")
    return redirect("admin:payments_connectedaccount_change", pk)


@require_POST
def anew(request: HttpRequest, pk: int) -> HttpResponse:
    """A seller whose account is gone for good may make another."""
    agent, account = _agent_and_account(request, pk)
    form = ReasonForm(request.POST)
    try:
        if form.is_valid():
            let_start_anew(account=account, agent=agent, reason=form.cleaned_data["reason"])
            messages.success(request, f"{account.user.display_name} can set up payouts anew, and is told.")
        else:
            messages.error(request, "Say in up to 300 characters why.")
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    return redirect("admin:payments_connectedaccount_change", pk)


def _agent_and_account(request: HttpRequest, pk: int) -> tuple[User, ConnectedAccount]:
    agent = permitted(request, "orders.cancel", "payments.view_connectedaccount")
    return agent, get_object_or_404(ConnectedAccount.objects.select_related("user"), pk=pk)
