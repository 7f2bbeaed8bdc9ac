"""Answering the bank about a chargeback: the pack, what an agent adds, and sending it once (R-PAY-7)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from marketplace.kernel.errors import DomainError
from orders.models import Order
from payments.models import Dispute
from support.forms import EvidenceForm
from support.services import answer_bank, keep_summary
from support.views.agents import permitted


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was written, or send everything; the page says before what sending means."""
    agent = permitted(request, "orders.cancel", "payments.view_dispute", "inbox.view_message")
    dispute = get_object_or_404(Dispute.objects.select_related("charge"), pk=pk)
    order = get_object_or_404(Order, public_id=dispute.charge.group)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The bank takes up to 5,000 characters of your own words.")
        return redirect("admin:payments_dispute_change", pk)
    try:
        if "send" in request.POST:
            answer_bank(order=order, dispute=dispute, agent=agent, summary=form.cleaned_data["summary"])
            messages.success(request, "The evidence is on its way to the bank. This page shows when it has arrived.")
        else:
            keep_summary(order=order, dispute=dispute, agent=agent, summary=form.cleaned_data["summary"])
            messages.success(request, "Kept. Nothing has been sent yet.")
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    return redirect("admin:payments_dispute_change", pk)
