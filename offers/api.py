"""`/api/v1/offers/`: read, answer with other terms, agree, decline, withdraw, remind. Accepting places an order, so it
is in the orders' part.
"""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import IdempotentWrites
from accounts.models import User
from inbox.api import PersonOut, caller
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.web.serializers import MoneyOut
from milestones.enums import OrderType
from offers import selectors, services
from offers.enums import OfferState, Side
from offers.forms import MOST_ROWS
from offers.models import Offer
from offers.presenters import compare
from offers.services.drafting import DESCRIPTION_LIMIT as WHOLE_LIMIT
from offers.services.drafting import NOTE_LIMIT, TITLE_LIMIT, Draft
from offers.sheets import Sheet, make_sheet
from offers.terms import COUNT_LIMIT, CRITERION_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT, DraftTerms, TypedMilestone

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
    made_by = serializers.ChoiceField(choices=[Side.BUYER.value, Side.SELLER.value], source="offer.made_by")
    note = serializers.CharField(source="offer.note", help_text="Why it differs from the version before")
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


class MilestoneIn(serializers.Serializer[Any]):
    """`price` is minor units of the offer's currency."""

    name = serializers.CharField(max_length=NAME_LIMIT, allow_blank=True)
    description = serializers.CharField(max_length=DESCRIPTION_LIMIT, allow_blank=True, default="")
    criteria = serializers.ListField(child=serializers.CharField(max_length=CRITERION_LIMIT), default=list)
    days = serializers.IntegerField(min_value=0, max_value=COUNT_LIMIT)
    price = serializers.IntegerField(min_value=0, max_value=2**53)
    revisions = serializers.IntegerField(min_value=0, max_value=COUNT_LIMIT, default=0)


class CounterIn(serializers.Serializer[Any]):
    """The terms that you would agree to, whole. Title and description stay as they are unless you send them."""

    milestones = MilestoneIn(many=True)
    title = serializers.CharField(max_length=TITLE_LIMIT, required=False)
    description = serializers.CharField(max_length=WHOLE_LIMIT, required=False)
    note = serializers.CharField(max_length=NOTE_LIMIT, allow_blank=True, default="")
    revisions = serializers.IntegerField(min_value=0, max_value=COUNT_LIMIT, default=0)
    months = serializers.IntegerField(
        min_value=0, max_value=COUNT_LIMIT, default=0, help_text="Of a subscription, whose one milestone is every month"
    )

    def draft(self, offer: Offer) -> Draft:
        """As it would have been typed into the form."""
        given = self.validated_data
        rows = tuple(
            TypedMilestone(
                name=row["name"],
                description=row["description"],
                criteria="\n".join(row["criteria"]),
                days=str(row["days"]),
                amount=Money(row["price"], offer.currency).major,
                revisions=str(row["revisions"]),
            )
            for row in given["milestones"][:MOST_ROWS]
        )
        return Draft(
            order_type=OrderType(offer.order_type),
            title=given.get("title", offer.title),
            description=given.get("description", offer.description),
            gig=offer.gig,
            note=given["note"],
            typed=DraftTerms(milestones=rows, revisions=str(given["revisions"]), months=str(given["months"])),
        )


class VersionOut(serializers.Serializer[Any]):
    """One version of an offer; `changes` says what differs from the one before."""

    id = serializers.CharField(source="sheet.offer.public_id")
    version = serializers.IntegerField(source="sheet.offer.version")
    made_by = serializers.CharField(source="sheet.offer.made_by")
    state = serializers.CharField(source="sheet.state")
    total = MoneyOut(source="sheet.prices.total")
    note = serializers.CharField(source="sheet.offer.note")
    sent_at = serializers.DateTimeField(source="sheet.offer.sent_at")
    changes = serializers.ListField(child=serializers.CharField())


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
        """Say no to what you were sent, with or without a reason."""
        form = DeclineIn(data=request.data)
        form.is_valid(raise_exception=True)
        offer = selectors.offer_for(viewer=caller(request), public_id=public_id)
        services.decline_offer(offer=offer, actor=caller(request), reason=form.validated_data["reason"])
        return answer(request, public_id)


class Withdraw(IdempotentWrites):
    @extend_schema(request=None, responses=OfferOut)
    def post(self, request: Request, public_id: str) -> Response:
        """Take back what you sent."""
        offer = selectors.offer_for(viewer=caller(request), public_id=public_id)
        services.withdraw_offer(offer=offer, actor=caller(request))
        return answer(request, public_id)


class Counter(IdempotentWrites):
    @extend_schema(request=CounterIn, responses={201: OfferOut})
    def post(self, request: Request, public_id: str) -> Response:
        """Propose other terms as the buyer. The seller sends them back as an offer, answers otherwise, or declines."""
        offer = selectors.offer_for(viewer=caller(request), public_id=public_id)
        form = CounterIn(data=request.data)
        form.is_valid(raise_exception=True)
        sent = services.counter_offer(offer=offer, buyer=caller(request), draft=form.draft(offer))
        return answer(request, sent.public_id, status=201)


class Agree(IdempotentWrites):
    @extend_schema(request=None, responses={201: OfferOut})
    def post(self, request: Request, public_id: str) -> Response:
        """Send a counter-offer back as the seller, as an offer on exactly its terms. The buyer accepts and pays it."""
        offer = selectors.offer_for(viewer=caller(request), public_id=public_id)
        sent = services.send_on_these_terms(offer=offer, seller=caller(request))
        return answer(request, sent.public_id, status=201)


class Remind(IdempotentWrites):
    @extend_schema(request=None, responses=OfferOut)
    def post(self, request: Request, public_id: str) -> Response:
        """Ask for an answer to what you sent; once a day at most."""
        offer = selectors.offer_for(viewer=caller(request), public_id=public_id)
        services.remind_reader(offer=offer, actor=caller(request))
        return answer(request, public_id)


class Versions(APIView):
    @extend_schema(responses=VersionOut(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """All versions of an offer, the first one first."""
        viewer = caller(request)
        offer = selectors.offer_for(viewer=viewer, public_id=public_id)
        chain = selectors.versions_of(offer=offer, viewer=viewer)
        sheets = [make_sheet(offer=version, viewer=viewer, now=clock.now()) for version in chain]
        found = [
            {"sheet": sheet, "changes": compare_sheets(before, sheet)}
            for before, sheet in zip([None, *sheets], sheets, strict=False)
        ]
        return Response(VersionOut(found, many=True).data)


class DeclineRequest(IdempotentWrites):
    @extend_schema(request=DeclineIn, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:
        """Make no offer on a buyer's request, with or without a reason."""
        asked = selectors.request_for(viewer=caller(request), public_id=public_id)
        form = DeclineIn(data=request.data)
        form.is_valid(raise_exception=True)
        services.decline_request(
            request=asked, actor=caller(request), reason=form.validated_data["reason"], now=clock.now()
        )
        return Response(status=204)


def compare_sheets(before: Sheet | None, after: Sheet) -> list[str]:
    if before is None:
        return []
    return compare(old=before.offer, new=after.offer, side=after.side).changes


def answer(request: Request, public_id: str, *, status: int = 200) -> Response:
    """The offer as it stands after the step."""
    offer = selectors.offer_for(viewer=caller(request), public_id=public_id)
    return Response(OfferOut(make_sheet(offer=offer, viewer=caller(request), now=clock.now())).data, status=status)


urlpatterns = [
    path("offers/", Offers.as_view(), name="offers"),
    path("offers/<str:public_id>/", OneOffer.as_view(), name="offer"),
    path("offers/<str:public_id>/versions/", Versions.as_view(), name="offer_versions"),
    path("offers/<str:public_id>/counter/", Counter.as_view(), name="offer_counter"),
    path("offers/<str:public_id>/agree/", Agree.as_view(), name="offer_agree"),
    path("offers/<str:public_id>/remind/", Remind.as_view(), name="offer_remind"),
    path("offers/requests/<str:public_id>/decline/", DeclineRequest.as_view(), name="request_decline"),
    path("offers/<str:public_id>/decline/", Decline.as_view(), name="offer_decline"),
    path("offers/<str:public_id>/withdraw/", Withdraw.as_view(), name="offer_withdraw"),
]
