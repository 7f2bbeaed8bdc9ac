"""The list of orders: buying or selling, waiting for me, running or ended."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policies import working_for
from accounts.selectors import is_seller
from marketplace.kernel import clock
from orders.presenters.insights.purchases import needs_of_buyer
from orders.presenters.rows import Filter, Side, count_waiting, orders_for, rows_of
from orders.views.showing import signed_in
from payments.earnings import unsent_money

PER_PAGE = 20


@login_required
@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    side, chosen = _side(request), Filter.read(request.GET.get("show"))
    user = _whose(request, side)
    page = Paginator(orders_for(user, side=side, chosen=chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rows_of(list(page), user, now=clock.now()),
        "side": side,
        "chosen": chosen,
        "filters": list(Filter),
        "needs": needs_of_buyer(user, now=clock.now()) if (side, chosen) == (Side.BUYING, Filter.ALL) else (),
        "unsent": unsent_money(user, now=clock.now()) if side == Side.SELLING and user == request.user else (),
        "tabs": [
            _tab(_whose(request, each), each, chosen=side)
            for each in Side
            if each == side or _has_side(_whose(request, each), each)
        ],
    }
    return render(request, "orders/list.html", context)


def _side(request: HttpRequest) -> Side:
    """As asked for; who sells and has never bought is shown what they sell."""
    if "side" in request.GET or not is_seller(working_for(request)):
        return Side.read(request.GET.get("side"))
    bought = orders_for(signed_in(request), side=Side.BUYING, chosen=Filter.ALL).exists()
    return Side.BUYING if bought else Side.SELLING


def _whose(request: HttpRequest, side: Side) -> User:
    """Oneself as a buyer; as a seller whom one works for."""
    return signed_in(request) if side == Side.BUYING else working_for(request)


def _has_side(user: User, side: Side) -> bool:
    return side == Side.BUYING or is_seller(user)


def _tab(user: User, side: Side, *, chosen: Side) -> dict[str, object]:
    return {
        "label": side.label,
        "href": f"?side={side}",
        "current": side == chosen,
        "count": count_waiting(user, side=side),
    }
