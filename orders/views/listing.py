"""The list of orders: buying or selling, waiting for me, running or ended."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import is_seller
from marketplace.kernel import clock
from orders.presenters.rows import Filter, Side, count_waiting, orders_for, rows_of
from orders.views.showing import signed_in
from payments.earnings import unsent_money

PER_PAGE = 20


@login_required
@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    side, chosen = Side.read(request.GET.get("side")), Filter.read(request.GET.get("show"))
    page = Paginator(orders_for(user, side=side, chosen=chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rows_of(list(page), user, now=clock.now()),
        "side": side,
        "chosen": chosen,
        "filters": list(Filter),
        "unsent": unsent_money(user, now=clock.now()) if side == Side.SELLING else (),
        "tabs": [_tab(user, each, chosen=side) for each in Side if each == side or _has_side(user, each)],
    }
    return render(request, "orders/list.html", context)


def _has_side(user: User, side: Side) -> bool:
    return side == Side.BUYING or is_seller(user)


def _tab(user: User, side: Side, *, chosen: Side) -> dict[str, object]:
    return {
        "label": side.label,
        "href": f"?side={side}",
        "current": side == chosen,
        "count": count_waiting(user, side=side),
    }
