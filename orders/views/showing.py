"""Finding an order for the person who asks, and showing its page: as it is, or with a refusal at its head."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from marketplace.web.kept import typed
from notifications.services.reading import mark_read_about
from orders.errors import OrderUnknown
from orders.forms import AnswersForm, DeliverForm, OrderNoteForm, ShareForm
from orders.models import Order
from orders.presenters.page import OrderPage, page_of
from orders.selectors import OrderView, orders_of, view_order, with_milestones


def signed_in(request: HttpRequest) -> User:
    """The person of a request behind `login_required`."""
    return cast(User, request.user)


def find_order(request: HttpRequest, public_id: str) -> Order:
    """Raises OrderUnknown, the same for a stranger as for an order that doesn't exist."""
    order = with_milestones(orders_of(signed_in(request))).filter(public_id=public_id).first()
    if order is None:
        raise OrderUnknown
    return order


def find_view(request: HttpRequest, public_id: str) -> OrderView:
    return view_order(find_order(request, public_id), signed_in(request), now=clock.now())


def show_order(
    request: HttpRequest,
    public_id: str,
    *,
    refusal: DomainError | None = None,
    forms: Mapping[str, object] | None = None,
) -> HttpResponse:
    """The whole page. `forms` stand in for empty ones, so that nothing typed is lost; 422 when one has errors."""
    person, now = signed_in(request), clock.now()
    order = find_order(request, public_id)
    page = page_of(order, person, now=now)
    offer = [order.offer.get_absolute_url()] if order.offer else []
    mark_read_about(reader=person, pages=[order_url(public_id), notes_url(public_id), *offer], shown_at=now)
    context = {
        "page": page,
        "refusal": refusal,
        "returned": "paid" in request.GET and page.view.awaits_payer,
        **_forms(page, request),
        **(forms or {}),
    }
    status = refusal.status if refusal else 422 if forms else 200
    return render(request, "orders/order.html", context, status=status)


def refuse(request: HttpRequest, public_id: str, refusal: DomainError) -> HttpResponse:
    """The sentence of a refusal above the order as it is now; htmx leaves what was typed where it is."""
    if getattr(request, "htmx", False):
        raise refusal
    return show_order(request, public_id, refusal=refusal)


def order_url(public_id: str) -> str:
    return reverse("orders:order", args=[public_id])


def notes_url(public_id: str) -> str:
    """The notes on the order's page."""
    return f"{order_url(public_id)}#notes"


def back_to(request: HttpRequest, public_id: str) -> HttpResponse:
    """To the order's page, which shows what has changed."""
    url = order_url(public_id)
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    response = redirect(url)
    response.status_code = 303
    return response


def _forms(page: OrderPage, request: HttpRequest) -> dict[str, object]:
    """The forms on the page itself, when their step is allowed now; with what was typed before signing in again."""
    before = typed(request) if request.method == "GET" else None
    noted, before = (before, None) if OrderNoteForm.is_in(before) else (None, before)
    forms: dict[str, object] = {"note_form": OrderNoteForm(noted)}
    if "deliver" in page.view.actions:
        forms["deliver_form"] = deliver_form(page.view, before)
    if "answer_requirements" in page.view.actions:
        forms["answers_form"] = AnswersForm(before, requirements=page.requirements)
    if page.progress and page.progress.next and page.progress.is_stages:
        forms["share_form"] = ShareForm()
    return forms


def deliver_form(view: OrderView, data: Any = None, files: Any = None) -> DeliverForm:
    return DeliverForm(data, files, is_last=view.following is None, first_name=view.order.buyer.first_name)
