"""What agents do about reports of conversations: read them, and resolve them with a note (R-OFR-1)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from inbox.models import Report
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from support.services import settle_report
from support.views.agents import permitted


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    agent = permitted(request, "orders.cancel", "inbox.view_report")
    report = get_object_or_404(Report, pk=pk)
    try:
        settle_report(report=report, agent=agent, note=request.POST.get("note", ""), now=clock.now())
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, f"{report} is resolved.")
    return redirect("admin:inbox_report_change", pk)
