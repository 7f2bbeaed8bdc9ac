"""The caller's saved cards: reading them, removing one, and choosing the one that pays next in an order."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import IdempotentWrites
from inbox.api import caller
from marketplace.kernel import clock
from orders.api.acting import CardIn
from orders.api.finding import answer, find_order
from orders.api.serializers import OrderSchema
from orders.presenters.cards import KeptCard, kept_cards
from orders.services.cards import choose_card, remove_card


class CardOut(serializers.Serializer[KeptCard]):
    """A card that Stripe keeps for you. `orders` are those under way that it pays for: it can't be removed then."""

    id = serializers.CharField()
    brand = serializers.CharField(source="method.brand")
    last4 = serializers.CharField(source="method.last4")
    exp_month = serializers.IntegerField(source="method.exp_month", allow_null=True)
    exp_year = serializers.IntegerField(source="method.exp_year", allow_null=True)
    is_expired = serializers.BooleanField()
    last_used_at = serializers.DateTimeField(source="method.last_used_at")
    orders = serializers.SerializerMethodField()

    def get_orders(self, card: KeptCard) -> list[str]:
        return [order.public_id for order in card.orders]


class Cards(APIView):
    @extend_schema(responses=CardOut(many=True))
    def get(self, request: Request) -> Response:
        """The cards that you keep, last used first."""
        kept: Any = kept_cards(caller(request), now=clock.now())
        return Response(CardOut(kept, many=True).data)


class OneCard(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, stripe_id: str) -> Response:
        """Remove a card. Refused with 409 while an order under way is paid with it (R-PAY-2)."""
        remove_card(user=caller(request), stripe_id=stripe_id)
        return Response(status=204)


class OrderCard(IdempotentWrites):
    idempotency_required: ClassVar[bool] = True

    @extend_schema(request=CardIn, responses=OrderSchema)
    def post(self, request: Request, public_id: str) -> Response:
        """Choose the saved card that pays for the next milestones of an order (buyer)."""
        form = CardIn(data=request.data)
        form.is_valid(raise_exception=True)
        choose_card(order=find_order(request, public_id), actor=caller(request), **form.validated_data)
        return answer(request, public_id)
