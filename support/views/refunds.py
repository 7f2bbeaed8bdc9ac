"""Giving money of a milestone that is over back, and the second agent's word on large sums (R-SUP-2)."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from marketplace.kernel.errors import DomainError
from marketplace.web.forms import add_domain_error
from orders.actors import stand_apart
from orders.models import Milestone, Order
from orders.services.giving_back import GivenBack, preview_refund
from payments.enums import RefundState
from payments.models import Refund
from support.errors import OutcomeChanged
from support.forms import GiveBackForm, ReasonForm
from support.models import Decision
from support.selectors import decided_alone, needs_second
from support.services import confirm_decision, give_back_as_shown, settle_held_back, turn_down
from support.views.agents import permitted, say_done


@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: HttpRequest, pk: int, milestone_pk: int) -> HttpResponse:
    """Fill in → see who gives what → confirm. Nothing moves before the confirmation, and only what was shown."""
    agent = permitted(request, "orders.cancel")
    milestone = get_object_or_404(
        Milestone.objects.select_related("planned", "charge", "order__policy", "order__buyer", "order__seller"),
        pk=milestone_pk, order_id=pk,
    )  # fmt: skip
    stand_apart(agent, milestone.order.buyer_id, milestone.order.seller_id)
    try:
        most = preview_refund(milestone=milestone)
    except DomainError as refusal:
        status = 409 if request.method == "POST" else 200
        return _page(request, milestone, {"refusal": refusal.message}, status=status)
    form = GiveBackForm(request.POST or None, held=most.refund)
    if request.method != "POST" or "edit" in request.POST or not form.is_valid():
        return _page(request, milestone, {"form": form}, status=422 if form.errors else 200)
    try:
        outcome = preview_refund(milestone=milestone, amount=form.goes_back)
        return _confirm(request, milestone, form, outcome, agent)
    except DomainError as refusal:
        add_domain_error(form, refusal)
        return _page(request, milestone, {"form": form}, status=refusal.status)


@require_POST
def decide(request: HttpRequest, pk: int, decision_pk: int) -> HttpResponse:
    """Confirm what another agent asked for, or turn it down with a reason."""
    agent = permitted(request, "orders.cancel")
    decision = get_object_or_404(Decision.objects.select_related("asked_by"), pk=decision_pk, order_id=pk)
    back = redirect("admin:orders_order_change", pk)
    form = ReasonForm(request.POST)
    try:
        if "confirm" in request.POST:
            confirm_decision(decision=decision, agent=agent)
            messages.success(request, "Done as it was asked for. Both sides hear of it.")
        elif form.is_valid():
            turn_down(decision=decision, agent=agent, reason=form.cleaned_data["reason"])
            messages.success(request, "Turned down. Nothing has moved.")
        else:
            messages.error(request, "Say in up to 300 characters why you turn it down.")
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    return back


@require_POST
def settle(request: HttpRequest, pk: int, refund_pk: int) -> HttpResponse:
    """A refund that is held back becomes what Stripe says that it is."""
    agent = permitted(request, "orders.cancel", "payments.view_refund")
    order = get_object_or_404(Order, pk=pk)
    held = get_object_or_404(Refund, pk=refund_pk, charge__group=order.public_id, state=RefundState.QUARANTINED)
    form = ReasonForm(request.POST)
    try:
        if form.is_valid():
            now = settle_held_back(order=order, refund=held, agent=agent, reason=form.cleaned_data["reason"])
            messages.success(request, f"Stripe was asked. The refund of {now.money} is: {now.get_state_display()}.")
        else:
            messages.error(request, "Say in up to 300 characters why you settle it.")
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    return redirect("admin:orders_order_change", pk)


def _confirm(
    request: HttpRequest, milestone: Milestone, form: GiveBackForm, outcome: GivenBack, agent: User
) -> HttpResponse:
    moved = ""
    if "confirm" in request.POST:
        try:
            done = give_back_as_shown(
                milestone=milestone,
                agent=agent,
                amount=outcome.refund.amount,
                reason=form.reason_given,
                note=form.cleaned_data["note"],
                shown=request.POST.get("shown", ""),
            )
        except OutcomeChanged as changed:
            moved = changed.message
        else:
            say_done(request, done)
            return redirect("admin:orders_order_change", milestone.order_id)
    context: dict[str, object] = {"form": form, "outcome": outcome, "moved": moved}
    context |= {"reason": form.reason_given.label}
    context |= {"second": needs_second(milestone.order, agent, outcome.refund.amount)}
    context |= {"alone": decided_alone(milestone.order, agent)}
    return _page(request, milestone, context, status=409 if moved else 200)


def _page(request: HttpRequest, milestone: Milestone, context: dict[str, object], *, status: int) -> HttpResponse:
    order = milestone.order
    shared = {"title": f"Give back from {order.number}", "order": order, "milestone": milestone, "opts": Order._meta}
    return TemplateResponse(
        request, "admin/orders/order/refund.html", admin.site.each_context(request) | shared | context, status=status
    )
