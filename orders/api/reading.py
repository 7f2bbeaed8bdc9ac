"""Reading orders."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from inbox.api import caller
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown
from marketplace.web.files import download_response
from orders.api.finding import answer, find_order
from orders.api.serializers import HappeningOut, OrderRowOut, OrderSchema
from orders.enums import OrderState, Role
from orders.models import Order
from orders.presenters.story import tell_all
from orders.presenters.turns import waiting_for
from orders.selectors import answer_with_file, file_for, orders_of, timeline_of, view_order, with_milestones


class OrderFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """`side` is yours, `waiting=true` are those that wait for you."""

    state = django_filters.ChoiceFilter(choices=OrderState.choices)
    side = django_filters.ChoiceFilter(
        choices=[(Role.BUYER.value, "Buyer"), (Role.SELLER.value, "Seller")], method="by_side"
    )
    waiting = django_filters.BooleanFilter(method="by_waiting")

    def by_side(self, orders: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        user = self.request.user
        return orders.filter(buyer=user) if value == Role.BUYER else orders.exclude(buyer=user)

    def by_waiting(self, orders: QuerySet[Order], _name: str, value: bool) -> QuerySet[Order]:
        return waiting_for(self.request.user, orders) if value else orders


class ViewOut(serializers.BaseSerializer[Order]):
    """A stored order as the caller sees it, for views that paginate rows."""

    def to_representation(self, instance: Order) -> Any:
        user = caller(self.context["request"])
        reader = user if instance.buyer_id == user.pk else instance.seller  # a manager reads as the seller
        return OrderRowOut(view_order(instance, reader, now=clock.now())).data


@extend_schema(responses=OrderRowOut(many=True))
class Orders(ListAPIView[Order]):
    """Orders that you are a side of, the newest first."""

    serializer_class = ViewOut
    filterset_class = OrderFilter

    def get_queryset(self) -> QuerySet[Order]:
        user = self.request.user
        return with_milestones(orders_of(user)) if isinstance(user, User) else Order.objects.none()


class OneOrder(APIView):
    @extend_schema(responses=OrderSchema)
    def get(self, request: Request, public_id: str) -> Response:
        """One of your orders, whole: plan, deadlines, deliveries, your side of the money, what you may do now."""
        return answer(request, public_id)


class Timeline(APIView):
    @extend_schema(responses=HappeningOut(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """Everything that happened, the newest first (R-ORD-14)."""
        order = find_order(request, public_id)
        story: Any = tell_all(timeline_of(order), order=order, reader=caller(request))
        return Response(HappeningOut(story, many=True).data)


class OneFile(APIView):
    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: str, file_id: str) -> FileResponse:
        """A delivered file. Originals are the buyer's once the milestone is accepted; 404 before (R-ORD-5)."""
        order = find_order(request, public_id)
        file = file_for(caller(request), file_id)
        if file is None or file.delivery.milestone.order_id != order.pk:
            raise Unknown
        return download_response(file.file.open("rb"), file.name)


class AnswerFile(APIView):
    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: str, position: int) -> FileResponse:
        """The file with which the buyer answered the question at `position`."""
        answered = answer_with_file(find_order(request, public_id), position)
        return download_response(answered.file.open("rb"), answered.file_name)
