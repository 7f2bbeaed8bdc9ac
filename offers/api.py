"""`/api/v1/offers/`: read them, decline, withdraw. Accepting places an order, so it is in the orders' part."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import User
from inbox.api import PersonOut, caller
from marketplace.kernel import clock
from marketplace.web.serializers import MoneyOut
from offers import selectors, services
from offers.enums import OfferState, Side
from offers.models import Offer
from offers.sheets import Sheet, make_sheet

SENT_STATES = [state for state in OfferState if state != OfferState.DRAFT]


class StageOut(serializers.Serializer[Any]):
    """One payment of the plan. `fee` is the buyer's service fee, taken with it."""

    number = serializers.IntegerField(source="payment.number")
    name = serializers.CharField(source="payment.terms.name")
    description = serializers.CharField(source="payment.terms.description")
    criteria = serializers.ListField(child=serializers.CharField(), source="payment.terms.criteria")
    days = serializers.IntegerField(source="payment.terms.days")
    revisions = serializers.IntegerField(source="payment.terms.revisions")
    price = MoneyOut(source="payment.price")
    fee = MoneyOut(source="payment.fee")
    begins_if_accepted_now = serializers.DateTimeField(
        source="begins", help_text="Of a subscription: when this month is charged; null where acceptance brings it"
    )
    due_if_accepted_now = serializers.DateTimeField(source="due")


class OfferOut(serializers.Serializer[Sheet]):
    """A sent offer as you see it now. `digest` names exactly these terms; accepting sends it back."""

    id = serializers.CharField(source="offer.public_id")
    version = serializers.IntegerField(source="offer.version")
    state = serializers.ChoiceField(choices=[(state.value, state.label) for state in SENT_STATES])
    side = serializers.ChoiceField(choices=[Side.BUYER.value, Side.SELLER.value])
    actions = serializers.SerializerMethodField()
    conversation = serializers.CharField(source="offer.conversation.public_id")
    gig = serializers.CharField(source="offer.gig.public_id")
    seller = PersonOut(source="offer.seller")
    buyer = PersonOut(source="offer.buyer")
    order_type = serializers.CharField(source="offer.order_type")
    title = serializers.CharField(source="offer.title")
    description = serializers.CharField(source="offer.description")
    stages = StageOut(many=True)
    revisions = serializers.IntegerField(source="offer.plan.revisions")
    revision_scope = serializers.CharField(source="offer.plan.revision_scope")
    total = MoneyOut(source="prices.total")
    to_pay = MoneyOut(source="prices.to_pay")
    digest = serializers.CharField(source="offer.plan.digest")
    replaces = serializers.CharField(source="offer.replaces.public_id", default=None)
    replaced_by = serializers.CharField(source="newer.public_id", default=None)
    decline_reason = serializers.CharField(source="offer.decline_reason")
    sent_at = serializers.DateTimeField(source="offer.sent_at")
    expires_at = serializers.DateTimeField(source="offer.expires_at")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_actions(self, sheet: Sheet) -> list[str]:
        """What you may do with it now."""
        return sorted(sheet.steps)


class SheetOut(serializers.BaseSerializer[Offer]):
    """The same from a stored offer, for views that paginate rows."""

    def to_representation(self, instance: Offer) -> dict[str, Any]:
        user = caller(self.context["request"])
        viewer = user if instance.buyer_id == user.pk else instance.seller  # a manager reads as the seller
        return OfferOut(make_sheet(offer=instance, viewer=viewer, now=clock.now())).data


class DeclineIn(serializers.Serializer[Any]):
    reason = serializers.CharField(allow_blank=True, default="")


def sent_offers(request: Request) -> QuerySet[Offer]:
    user = request.user
    found = selectors.offers_of(user) if isinstance(user, User) else Offer.objects.none()
    return found.exclude(state=OfferState.DRAFT)


@extend_schema(responses=OfferOut)
class Offers(ListAPIView[Offer]):
    """Offers that you sent or were sent, the newest first."""

    serializer_class = SheetOut
    filterset_fields = ("state",)

    def get_queryset(self) -> QuerySet[Offer]:
        return sent_offers(self.request)


@extend_schema(responses=OfferOut)
class OneOffer(RetrieveAPIView[Offer]):
    """One of your offers, whole."""

    serializer_class = SheetOut
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Offer]:
        return sent_offers(self.request)


class Decline(IdempotentWrites):
    @extend_schema(request=DeclineIn, responses=OfferOut)
    def post(self, request: Request, public_id: str) -> Response:
        """Say no as the buyer, with or without a reason."""
        form = DeclineIn(data=request.data)
        form.is_valid(raise_exception=True)
        offer = selectors.offer_for(viewer=caller(request), public_id=public_id)
        services.decline_offer(offer=offer, actor=caller(request), reason=form.validated_data["reason"])
        return answer(request, public_id)


class Withdraw(IdempotentWrites):
    @extend_schema(request=None, responses=OfferOut)
    def post(self, request: Request, public_id: str) -> Response:
        """Take the offer back as the seller."""
        offer = selectors.offer_for(viewer=caller(request), public_id=public_id)
        services.withdraw_offer(offer=offer, actor=caller(request))
        return answer(request, public_id)


def answer(request: Request, public_id: str) -> Response:
    """The offer as it stands after the step."""
    offer = selectors.offer_for(viewer=caller(request), public_id=public_id)
    return Response(OfferOut(make_sheet(offer=offer, viewer=caller(request), now=clock.now())).data)


urlpatterns = [
    path("offers/", Offers.as_view(), name="offers"),
    path("offers/<str:public_id>/", OneOffer.as_view(), name="offer"),
    path("offers/<str:public_id>/decline/", Decline.as_view(), name="offer_decline"),
    path("offers/<str:public_id>/withdraw/", Withdraw.as_view(), name="offer_withdraw"),
]
