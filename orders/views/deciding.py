"""The steps that are a question and a button: accept, stop, revise, more time, begin without answers.

GET shows the question on a page of its own (the order page shows the same in a dialog); POST does it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from marketplace.kernel.errors import DomainError, Invalid
from marketplace.web.forms import add_domain_error
from marketplace.web.kept import signed_in_keeping, typed
from orders.forms import CardForm, ConfirmForm, MoreTimeForm, PriceForm, RevisionForm, StopForm
from orders.models import Order
from orders.presenters.choices import Choice, choice_of
from orders.presenters.words import other
from orders.selectors import OrderView
from orders.services import cards, deciding, extending, requirements, subscribing
from orders.services.door import explain_refusal
from orders.views.placing import go_and_pay
from orders.views.showing import back_to, find_view, refuse, signed_in

Act = Callable[[Order, User, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class StepPage:
    """A transition as a page: its form, its service, and what is said afterwards."""

    form: type[ConfirmForm]
    act: Act
    done: str


def _ending(name: str, done: str) -> StepPage:
    """One of the rows by which a side ends a subscription."""
    return StepPage(
        StopForm,
        lambda order, user, data: subscribing.end_subscription(order=order, actor=user, name=name, **data),
        done,
    )


STEPS: dict[str, StepPage] = {
    "accept_and_continue": StepPage(
        PriceForm,
        lambda order, user, data: deciding.accept_and_continue(order=order, actor=user, **data),
        "Accepted. The next milestone is being paid.",
    ),
    "charge_saved_card": StepPage(
        CardForm,
        lambda order, user, data: cards.charge_saved_card(order=order, actor=user, **data),
        "The card is being charged.",
    ),
    "accept_and_finish": StepPage(
        ConfirmForm,
        lambda order, user, data: deciding.accept_and_finish(order=order, actor=user, **data),
        "Accepted. The order is finished.",
    ),
    "accept_and_stop": StepPage(
        StopForm,
        lambda order, user, data: deciding.accept_and_stop(order=order, actor=user, **data),
        "Accepted, and the order ends here. Nothing more is charged.",
    ),
    "accept_month": StepPage(
        ConfirmForm,
        lambda order, user, data: subscribing.accept_month(order=order, actor=user, **data),
        "Accepted. The next month begins on its date.",
    ),
    "accept_and_end": StepPage(
        StopForm,
        lambda order, user, data: subscribing.accept_and_end(order=order, actor=user, **data),
        "Accepted, and the subscription has ended. Nothing more is charged.",
    ),
    "end_after_month": _ending("end_after_month", "The subscription ends with this month. {other} has been told."),
    "end_after_revision": _ending(
        "end_after_revision", "The subscription ends with this month. {other} has been told."
    ),
    "end_after_delivery": _ending(
        "end_after_delivery", "The subscription ends with this month. {other} has been told."
    ),
    "end_subscription": _ending("end_subscription", "The subscription has ended. Nothing more is charged."),
    "request_revision": StepPage(
        RevisionForm,
        lambda order, user, data: deciding.request_revision(order=order, actor=user, **data),
        "{other} has been asked for the revision.",
    ),
    "ask_more_time": StepPage(
        MoreTimeForm,
        lambda order, user, data: extending.ask_more_time(order=order, actor=user, **data),
        "{other} has been asked for more time.",
    ),
    "grant_more_time": StepPage(
        ConfirmForm,
        lambda order, user, data: extending.grant_more_time(order=order, actor=user, **data),
        "{other} has more time now.",
    ),
    "refuse_more_time": StepPage(
        ConfirmForm,
        lambda order, user, data: extending.refuse_more_time(order=order, actor=user, **data),
        "The deadline stays as it is, and {other} has been told.",
    ),
    "waive_requirements": StepPage(
        ConfirmForm,
        lambda order, user, data: requirements.waive_requirements(order=order, actor=user, **data),
        "The milestone has begun.",
    ),
    "stop": StepPage(
        StopForm,
        lambda order, user, data: deciding.stop(order=order, actor=user, **data),
        "The order ends here. Nothing more is charged.",
    ),
    "decline_to_continue": StepPage(
        StopForm,
        lambda order, user, data: deciding.stop(order=order, actor=user, **data),
        "The order is cancelled. Nothing more is charged.",
    ),
}


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """One step by its name in the table; 404 for a name that is no page."""
    found = STEPS.get(name)
    if found is None:
        raise Http404
    view = find_view(request, public_id)
    choice = choice_of(view, name)
    if choice is None:
        return _not_now(request, view, name)
    if request.method == "POST":
        return _take(request, view, found, choice)
    return _ask(request, view, choice, found.form(typed(request), view=view))


def _take(request: HttpRequest, view: OrderView, step_page: StepPage, choice: Choice) -> HttpResponse:
    public_id = view.order.public_id
    form = step_page.form(request.POST, view=view)
    try:
        if form.is_valid():
            step_page.act(view.order, signed_in(request), form.cleaned_data)
            return _afterwards(request, public_id, step_page.done.format(other=other(view).first_name))
    except Invalid as invalid:
        add_domain_error(form, invalid)
    except DomainError as refusal:
        return refuse(request, public_id, refusal)
    return _ask(request, view, choice, form)


def _not_now(request: HttpRequest, view: OrderView, name: str) -> HttpResponse:
    """The step isn't offered: say why, above the order as it is."""
    refusal = explain_refusal(view.facts, name, view.role)
    return refuse(request, view.order.public_id, refusal) if refusal else back_to(request, view.order.public_id)


def _ask(request: HttpRequest, view: OrderView, choice: Choice, form: ConfirmForm) -> HttpResponse:
    context = {"view": view, "order": view.order, "choice": choice, "form": form, "other": other(view)}
    return render(request, "orders/step.html", context, status=422 if form.errors else 200)


def _afterwards(request: HttpRequest, public_id: str, done: str) -> HttpResponse:
    """Back to the order, with what was done; to the hosted page at once where the next charge waits for the buyer.

    That page says itself what is to be paid, and words kept for later would be shown on any page of ours.
    """
    view = find_view(request, public_id)
    if view.awaits_payer:
        return go_and_pay(request, view.order)
    messages.success(request, done)
    return back_to(request, public_id)
