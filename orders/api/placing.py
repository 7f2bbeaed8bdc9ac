"""Placing orders, and the way to the hosted payment page. A program hands the page's address to the person who pays."""

from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from gigs.selectors import gig_for_anyone
from inbox.api import caller
from marketplace.kernel import clock
from milestones.enums import PackageTier
from offers.selectors import offer_for
from orders.api.finding import answer, find_order
from orders.api.serializers import OrderSchema
from orders.presenters.consent import consent_words
from orders.services.funding import pay_url, prepare_payment
from orders.services.placing import place_from_gig, place_from_offer


class PackageIn(serializers.Serializer[Any]):
    """`digest` names the terms that you read from the gig, so that exactly these are bought (R-OFR-5)."""

    package = serializers.ChoiceField(choices=PackageTier.choices)
    digest = serializers.CharField(max_length=64)


class DigestIn(serializers.Serializer[Any]):
    digest = serializers.CharField(max_length=64, help_text="Of the version of the offer that you read")


class PaymentPageOut(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="The hosted page. It leads back to the order's page.")


class PlaceGig(IdempotentWrites):
    idempotency_required: ClassVar[bool] = True

    @extend_schema(request=PackageIn, responses={201: OrderSchema})
    def post(self, request: Request, public_id: str) -> Response:
        """Order a package. The order waits unpaid; `pay/` has the payment page."""
        form = PackageIn(data=request.data)
        form.is_valid(raise_exception=True)
        order = place_from_gig(
            gig=gig_for_anyone(public_id=public_id, viewer=caller(request)),
            tier=PackageTier(form.validated_data["package"]),
            buyer=caller(request),
            shown_digest=form.validated_data["digest"],
        )
        return answer(request, order.public_id, status=201)


class AcceptOffer(IdempotentWrites):
    idempotency_required: ClassVar[bool] = True

    @extend_schema(request=DigestIn, responses={201: OrderSchema})
    def post(self, request: Request, public_id: str) -> Response:
        """Accept the version that you read, once. The order waits unpaid; `pay/` has the payment page."""
        form = DigestIn(data=request.data)
        form.is_valid(raise_exception=True)
        order = place_from_offer(
            offer=offer_for(viewer=caller(request), public_id=public_id),
            buyer=caller(request),
            shown_digest=form.validated_data["digest"],
        )
        return answer(request, order.public_id, status=201)


class Pay(IdempotentWrites):
    @extend_schema(request=None, responses=PaymentPageOut)
    def post(self, request: Request, public_id: str) -> Response:
        """The hosted page for whatever waits to be paid; an open one is handed out again (R-PAY-1)."""
        order = find_order(request, public_id)
        charge = prepare_payment(order=order, actor=caller(request))
        url = pay_url(
            charge=charge,
            success_url=request.build_absolute_uri(reverse("orders:paid", args=[order.public_id])),
            cancel_url=request.build_absolute_uri(reverse("orders:order", args=[order.public_id])),
            consent=consent_words(order, now=clock.now()),
        )
        return Response({"url": url})
