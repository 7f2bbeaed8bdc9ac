"""Orders of whoever calls; strangers learn nothing (404)."""

from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api import caller
from marketplace.kernel import clock
from orders.api.serializers import OrderOut
from orders.errors import OrderUnknown
from orders.models import Order
from orders.presenters.page import page_of
from orders.selectors import orders_of, with_milestones


def find_order(request: Request, public_id: str) -> Order:
    """Raises OrderUnknown."""
    order = with_milestones(orders_of(caller(request))).filter(public_id=public_id).first()
    if order is None:
        raise OrderUnknown
    return order


def answer(request: Request, public_id: str, *, status: int = 200) -> Response:
    """The order as it stands now, whole, to this caller."""
    order = find_order(request, public_id)
    return Response(OrderOut(page_of(order, caller(request), now=clock.now())).data, status=status)
