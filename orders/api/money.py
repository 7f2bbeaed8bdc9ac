"""Where every cent of an order is, from the caller's side (R-PAY-8)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inbox.api import caller
from marketplace.kernel import clock
from marketplace.web.serializers import MoneyOut
from orders.api.finding import find_order
from orders.presenters.flow import Band
from orders.presenters.forecast import Outlook
from orders.presenters.whereabouts import PaidCharge, Return, Row, Whereabouts, whereabouts_of

PARTS = (
    "paid_out", "on_the_way", "available", "clearing", "accepted", "held", "fee", "commission", "surplus", "refunding",
    "refunded", "lost",
)  # fmt: skip


class PartOut(serializers.Serializer[Band]):
    """One part of `total`. Parts of nothing are left out."""

    name = serializers.ChoiceField(choices=PARTS)
    label = serializers.CharField()  # type: ignore[assignment]
    note = serializers.CharField()
    amount = MoneyOut()


class MilestoneMoneyOut(serializers.Serializer[Row]):
    """`done`: spent by the buyer, or the seller's after commission. `position` null: a payment that began nothing."""

    position = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    note = serializers.CharField()
    done = MoneyOut()
    commission = MoneyOut(help_text="Zero for the buyer")
    held = MoneyOut()
    back = MoneyOut(help_text="Refunded or charged back, or on its way there")
    ahead = MoneyOut(help_text="Agreed and not charged yet")


class PaidChargeOut(serializers.Serializer[PaidCharge]):
    name = serializers.CharField()
    amount = MoneyOut()
    at = serializers.DateTimeField()
    card = serializers.CharField(help_text="Empty for the seller")
    documents = serializers.SerializerMethodField()

    def get_documents(self, charge: PaidCharge) -> list[str]:
        return [paper.number for paper in charge.papers]


class ReturnOut(serializers.Serializer[Return]):
    name = serializers.CharField()
    amount = MoneyOut()
    state = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    documents = serializers.SerializerMethodField()

    def get_documents(self, refund: Return) -> list[str]:
        return [paper.number for paper in refund.papers]


class OutlookOut(serializers.Serializer[Outlook]):
    when = serializers.CharField()
    then = serializers.CharField(help_text="Goes on with the sentence of `when`")


class WhereaboutsOut(serializers.Serializer[Whereabouts]):
    """`parts` add up to `total`, which is what was paid: for the buyer with fees, for the seller prices."""

    summary = serializers.CharField(source="lead")
    total = MoneyOut(source="flow.total")
    ahead = MoneyOut(source="flow.ahead", help_text="Agreed and not charged yet")
    parts = PartOut(source="flow.bands", many=True)
    milestones = MilestoneMoneyOut(source="rows", many=True)
    charges = PaidChargeOut(many=True)
    refunds = ReturnOut(source="returns", many=True)
    next = OutlookOut(many=True)


class OrderMoney(APIView):
    @extend_schema(responses=WhereaboutsOut)
    def get(self, request: Request, public_id: str) -> Response:
        """Where every cent of one of your orders is, in your own view."""
        found: Any = whereabouts_of(find_order(request, public_id), caller(request), now=clock.now())
        return Response(WhereaboutsOut(found).data)
