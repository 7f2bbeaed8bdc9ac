"""What agents do with an order: cancel it, hold it, compare a charge with Stripe, take a file. The admin wraps all."""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import admin, messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from marketplace.kernel.errors import DomainError, Unknown
from marketplace.kernel.money import Money
from marketplace.web.files import download_response
from marketplace.web.forms import add_domain_error
from orders.actors import stand_apart
from orders.models import Order, OrderHold
from orders.services.ending import preview_cancellation
from payments.models import Charge
from support.errors import OutcomeChanged
from support.forms import CONTINUE, END, CancelForm, HoldForm, ReasonForm
from support.selectors import (
    KeptFile,
    answer_file,
    attached_file,
    decided_alone,
    delivered_file,
    needs_second,
)
from support.services import cancel_as_shown, compare_with_stripe, hold_order, record_download, resume_order
from support.views.agents import permitted, say_done


class Kind(NamedTuple):
    permission: str
    find: Callable[[Order, str], KeptFile | None]


KINDS = {
    "delivery": Kind("orders.view_deliveryfile", delivered_file),
    "answer": Kind("orders.view_orderrequirement", answer_file),
    "message": Kind("inbox.view_attachment", attached_file),
}


# --- Cancelling -------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in → see who gets what → confirm. Nothing moves before the confirmation, and only what was shown."""
    agent, order = permitted(request, "orders.cancel"), _order(pk)
    stand_apart(agent, order.buyer_id, order.seller_id)
    try:
        rests, held = _rests(order)
    except DomainError as refusal:
        return _page(request, order, {"refusal": refusal.message}, status=409 if request.method == "POST" else 200)
    form = CancelForm(request.POST or None, rests=rests, held=held)
    if request.method != "POST" or "edit" in request.POST or not form.is_valid():
        return _page(request, order, {"form": form}, status=422 if form.errors else 200)
    return _confirm(request, order, form, agent) if "confirm" in request.POST else _show(request, order, form, agent)


def _confirm(request: HttpRequest, order: Order, form: CancelForm, agent: User) -> HttpResponse:
    try:
        done = cancel_as_shown(
            order=order,
            agent=agent,
            reason=form.reason_given,
            note=form.cleaned_data["note"],
            continue_after=form.continue_after,
            back=form.goes_back,
            shown=request.POST.get("shown", ""),
        )
    except OutcomeChanged as moved:
        return _show(request, order, form, agent, moved=moved.message)
    except DomainError as refusal:
        return _refused(request, order, form, refusal)
    say_done(request, done)
    return redirect("admin:orders_order_change", order.pk)


def _show(request: HttpRequest, order: Order, form: CancelForm, agent: User, *, moved: str = "") -> HttpResponse:
    """The preview. `moved` says that another one was confirmed, which holds no longer."""
    try:
        outcome = preview_cancellation(order=order, continue_after=form.continue_after, back=form.goes_back)
    except DomainError as refusal:
        return _refused(request, order, form, refusal)
    context = {"form": form, "outcome": outcome, "reason": form.reason_given.label, "moved": moved}
    context |= {"second": needs_second(order, agent, outcome.held.amount), "alone": decided_alone(order, agent)}
    return _page(request, order, context, status=409 if moved else 200)


def _refused(request: HttpRequest, order: Order, form: CancelForm, refusal: DomainError) -> HttpResponse:
    add_domain_error(form, refusal)
    return _page(request, order, {"form": form}, status=refusal.status)


def _page(request: HttpRequest, order: Order, context: dict[str, object], *, status: int) -> HttpResponse:
    shared = {"title": f"Cancel {order.number}", "order": order, "opts": Order._meta}
    return TemplateResponse(
        request, "admin/orders/order/cancel.html", admin.site.each_context(request) | shared | context, status=status
    )


def _rests(order: Order) -> tuple[list[tuple[str, str]], Money]:
    """The ways that are open from here, in words, and what is held. Raises the refusal when there is none."""
    ending = preview_cancellation(order=order)
    never = ending.never_starts
    names = " and ".join(f"‘{name}’" for name in never)
    undone = f": {names} never start{'s' if len(never) == 1 else ''}" if never else ""
    rests = [(END, f"End the order{undone}")]
    try:
        going_on = preview_cancellation(order=order, continue_after=True)
    except DomainError:
        return rests, ending.held
    rest = f"Go on with ‘{going_on.goes_on_with}’, if the buyer agrees by paying {going_on.asked} for it"
    return [*rests, (CONTINUE, rest)], ending.held


# --- Comparing a charge -----------------------------------------------------------------------------------------------
@require_POST
def compare(request: HttpRequest, pk: int, charge_pk: int) -> HttpResponse:
    """Ask Stripe what became of a charge, and settle it (R-SUP-4)."""
    agent, order = permitted(request, "orders.cancel", "payments.view_charge"), _order(pk)
    charge = get_object_or_404(Charge, pk=charge_pk, group=order.public_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say in up to 300 characters why you ask Stripe.")
        return _to_money(order)
    try:
        now = compare_with_stripe(order=order, charge=charge, agent=agent, reason=form.cleaned_data["reason"])
    except DomainError as refusal:
        messages.warning(request, refusal.message)
        return _to_money(order)
    same = " still" if now.state == charge.state else ""
    messages.success(request, f"Stripe was asked. {now.public_id} is{same}: {now.get_state_display()}.")
    return _to_money(order)


def _to_money(order: Order) -> HttpResponse:
    return redirect(reverse("admin:orders_order_change", args=[order.pk]) + "#desk-money")


# --- Holding ----------------------------------------------------------------------------------------------------------
@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the clocks of an order, or run them again when the last hold of support's is lifted (R-ORD-17)."""
    agent, order = permitted(request, "orders.cancel"), _order(pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say in up to 300 characters why; both sides read it.")
        return redirect("admin:orders_order_change", order.pk)
    try:
        if number := form.cleaned_data["lift"]:
            standing = get_object_or_404(OrderHold, pk=number, order=order)
            resume_order(order=order, hold=standing, agent=agent, reason=form.cleaned_data["reason"])
            messages.success(request, f"The hold on {order.number} is lifted.")
        else:
            hold_order(order=order, agent=agent, reason=form.cleaned_data["reason"])
            messages.success(request, f"{order.number} is on hold. Both sides have been told.")
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    return redirect("admin:orders_order_change", order.pk)


# --- Files ------------------------------------------------------------------------------------------------------------
@require_safe
def download(request: HttpRequest, pk: int, kind: str, key: str) -> FileResponse:
    """A file that the two sides exchanged, for who is on neither: always an attachment, and on record."""
    if kind not in KINDS:
        raise Unknown
    agent, order = permitted(request, KINDS[kind].permission), _order(pk)
    stand_apart(agent, order.buyer_id, order.seller_id)
    kept = KINDS[kind].find(order, key)
    if kept is None:
        raise Unknown
    try:
        stored = kept.stored.open("rb")
    except FileNotFoundError as missing:
        raise Unknown from missing
    record_download(order=order, agent=agent, name=kept.name)
    return download_response(stored, kept.name)


def _order(pk: int) -> Order:
    return get_object_or_404(Order.objects.select_related("plan", "policy", "buyer", "seller"), pk=pk)
