"""`/api/v1/orders/…/review/`, `/api/v1/reviews/…/answer/` and the lists that anyone may read (R-API)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import User
from gigs.selectors import gig_for_anyone
from inbox.api import caller
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown
from marketplace.web.pagination import NewestFirst
from orders.models import Order
from reviews import rules
from reviews.models import Review
from reviews.presenters import OrderReviews, order_reviews, public_name
from reviews.selectors import own_order, revealed_review, reviews_of_gig, reviews_of_seller
from reviews.services import answer_review, write_review


class ReviewOut(serializers.Serializer[Review]):
    id = serializers.CharField(source="public_id")
    side = serializers.CharField(help_text="Of its author: buyer or seller")
    name = serializers.SerializerMethodField()
    stars = serializers.IntegerField()
    text = serializers.CharField()
    revealed_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)

    def get_name(self, review: Review) -> str:
        return public_name(review.author)


class OrderReviewsOut(serializers.Serializer[OrderReviews]):
    """Your own review, and the other's once both are revealed; until then it is null whether there is one or not."""

    mine = ReviewOut(source="pair.own", allow_null=True)
    theirs = ReviewOut(source="pair.other", allow_null=True)
    closes_at = serializers.DateTimeField()
    can_write = serializers.BooleanField()


class ReviewIn(serializers.Serializer[Any]):
    stars = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField(max_length=2000)
    why_stopped = serializers.CharField(
        max_length=500, default="", allow_blank=True, help_text="Of an order that you stopped; only support reads it"
    )


class PublicAnswerIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=1000)


class OrderReview(IdempotentWrites):
    @extend_schema(responses=OrderReviewsOut)
    def get(self, request: Request, public_id: str) -> Response:
        """The reviews of a completed order, as you may see them."""
        order = own_order(user=caller(request), public_id=public_id)
        return _answer(order, caller(request), now=clock.now())

    @extend_schema(request=ReviewIn, responses=OrderReviewsOut)
    def put(self, request: Request, public_id: str) -> Response:
        """Write your review, or change it until both are revealed."""
        order = own_order(user=caller(request), public_id=public_id)
        form = ReviewIn(data=request.data)
        form.is_valid(raise_exception=True)
        write_review(order=order, author=caller(request), **form.validated_data)
        return _answer(order, caller(request), now=clock.now())


class Answer(IdempotentWrites):
    @extend_schema(request=PublicAnswerIn, responses=ReviewOut)
    def post(self, request: Request, public_id: str) -> Response:
        """Answer a review of you, once, for everyone to read."""
        review = revealed_review(public_id=public_id)
        if caller(request).pk not in (review.subject_id, review.author_id):
            raise Unknown
        form = PublicAnswerIn(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(ReviewOut(answer_review(review=review, author=caller(request), **form.validated_data)).data)


class NewestRevealed(NewestFirst):
    ordering = ("-revealed_at", "-pk")


class GigReviews(ListAPIView[Review]):
    """What buyers of a gig say, the newest first."""

    permission_classes = (AllowAny,)
    serializer_class = ReviewOut
    pagination_class = NewestRevealed
    queryset = Review.objects.none()  # names the model for the schema

    def get_queryset(self) -> QuerySet[Review]:
        return reviews_of_gig(gig_for_anyone(public_id=self.kwargs["public_id"], viewer=self.request.user))


class SellerReviews(ListAPIView[Review]):
    """What buyers say of a seller, the newest first."""

    permission_classes = (AllowAny,)
    serializer_class = ReviewOut
    pagination_class = NewestRevealed
    queryset = Review.objects.none()  # names the model for the schema

    def get_queryset(self) -> QuerySet[Review]:
        found = User.objects.filter(public_id=self.kwargs["public_id"], is_active=True, seller__isnull=False).first()
        if found is None:
            raise Unknown
        return reviews_of_seller(found)


def _answer(order: Order, user: User, *, now: datetime) -> Response:
    """Raises OrderNotCompleted before there can be any."""
    reviews = order_reviews(order, user, now=now)
    if reviews is None:
        refused = rules.refusal(order, revealed=False, now=now)
        raise refused or Unknown()
    return Response(OrderReviewsOut(reviews).data)


urlpatterns = [
    path("orders/<str:public_id>/review/", OrderReview.as_view(), name="order_review"),
    path("reviews/<str:public_id>/answer/", Answer.as_view(), name="review_answer"),
    path("gigs/<str:public_id>/reviews/", GigReviews.as_view(), name="gig_reviews"),
    path("sellers/<str:public_id>/reviews/", SellerReviews.as_view(), name="seller_reviews"),
]
