"""The forms that stand on the order page itself: delivering (seller), answering the questions (buyer)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from marketplace.kernel.errors import DomainError, Invalid
from marketplace.web.forms import add_domain_error
from marketplace.web.kept import signed_in_keeping
from orders.forms import AnswersForm, DeliverForm
from orders.services.delivering import deliver as deliver_milestone
from orders.services.requirements import answer_requirements
from orders.views.showing import back_to, deliver_form, find_view, order_url, refuse, show_order, signed_in


@signed_in_keeping(page=order_url)
@require_POST
def deliver(request: HttpRequest, public_id: str) -> HttpResponse:
    view = find_view(request, public_id)
    form = deliver_form(view, request.POST, request.FILES)
    try:
        if form.is_valid():
            data = form.cleaned_data
            deliver_milestone(
                order=view.order,
                actor=signed_in(request),
                message=data["message"],
                files=[*data["files"], *data["originals"]],
                links=data["links"],
                is_full_project=data.get("is_full_project", False),
            )
            messages.success(request, f"Delivered. {view.order.buyer.first_name} has been told.")
            return back_to(request, public_id)
    except Invalid as invalid:
        add_domain_error(form, invalid)
    except DomainError as refusal:
        return refuse(request, public_id, refusal)
    return _again(request, public_id, "deliver_form", form)


@signed_in_keeping(page=order_url)
@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    view = find_view(request, public_id)
    form = AnswersForm(request.POST, request.FILES, requirements=list(view.order.requirements.all()))
    try:
        if form.is_valid():
            answer_requirements(order=view.order, actor=signed_in(request), answers=form.answers())
            messages.success(request, f"Thank you. {view.order.seller.first_name} can begin now.")
            return back_to(request, public_id)
    except Invalid as invalid:
        add_domain_error(form, invalid)
    except DomainError as refusal:
        return refuse(request, public_id, refusal)
    return _again(request, public_id, "answers_form", form)


def _again(request: HttpRequest, public_id: str, name: str, form: DeliverForm | AnswersForm) -> HttpResponse:
    """The form with what is wrong. htmx swaps in the errors alone, so that chosen files stay chosen."""
    if getattr(request, "htmx", False):
        return render(request, "orders/order.html#form_errors", {"form": form}, status=422)
    return show_order(request, public_id, forms={name: form})
