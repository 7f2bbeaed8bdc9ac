"""The list of orders: buying or selling, waiting for me, running or ended."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.selectors import is_seller
from marketplace.kernel import clock
from orders.presenters.rows import Filter, Side, count_waiting, orders_for, rows_of
from orders.views.showing import signed_in

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
        "waiting": {each: count_waiting(user, side=each) for each in Side},
        "sides": list(Side),
        "is_seller": is_seller(user),
    }
    return render(request, "orders/list.html", context)
