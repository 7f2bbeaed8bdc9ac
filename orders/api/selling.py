"""What a seller's dashboard shows, for programs (R-ORD-16)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.selectors import is_seller
from inbox.api import caller
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown
from orders.presenters.insights.dashboard import dashboard_of


class NeedOut(serializers.Serializer[Any]):
    """One thing to do. `at` is its deadline, or since when somebody waits."""

    kind = serializers.CharField()
    urgency = serializers.CharField(source="urgency.name", help_text="OVERDUE, DATED, WAITING or CHORE")
    text = serializers.CharField()
    about = serializers.CharField()
    url = serializers.CharField(help_text="The page where it is done")
    at = serializers.DateTimeField(allow_null=True)


class RunningOut(serializers.Serializer[Any]):
    order = serializers.CharField(source="order.public_id")
    milestone = serializers.CharField(source="milestone.name")
    pace = serializers.CharField(source="pace.level.name", help_text="LATE, AT_RISK or ON_TRACK")
    reason = serializers.CharField(source="pace.reason")
    at = serializers.DateTimeField(source="pace.at", allow_null=True)
    on_hold = serializers.BooleanField(source="pace.on_hold")


class OffersOut(serializers.Serializer[Any]):
    """Of the last 90 days, each offer once, however many versions it had."""

    sent = serializers.IntegerField()
    accepted = serializers.IntegerField()
    declined = serializers.IntegerField()
    expired = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    waiting = serializers.IntegerField()
    rate = serializers.IntegerField(allow_null=True, help_text="Per cent of those that were decided")
    hours = serializers.FloatField(allow_null=True, help_text="Median from sending to the buyer’s answer")


class SellingOut(serializers.Serializer[Any]):
    needs = NeedOut(many=True)
    running = RunningOut(many=True)
    offers = OffersOut(source="conversion")


class Selling(APIView):
    @extend_schema(responses=SellingOut)
    def get(self, request: Request) -> Response:
        """What needs you now, the most urgent first; how each running milestone goes; what became of your offers."""
        seller = caller(request)
        if not is_seller(seller):
            raise Unknown
        return Response(SellingOut(dashboard_of(seller, now=clock.now())).data)
