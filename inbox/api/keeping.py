"""Blocking and reporting, and `/api/v1/quick-answers/`: everybody's are their own (R-OFR-1)."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import User
from inbox import selectors, services
from inbox.api.talking import caller
from inbox.enums import ReportReason
from inbox.models import Conversation, QuickAnswer, Report
from marketplace.kernel import clock
from marketplace.web.pagination import Pages


class ByName(Pages):
    ordering = ("title", "pk")


class ReportIn(serializers.Serializer[Any]):
    """`message` is the sequence number of one of the other's messages; without it the whole conversation is meant."""

    reason = serializers.ChoiceField(choices=ReportReason.choices)
    words = serializers.CharField(allow_blank=True)
    message = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class ReportOut(serializers.ModelSerializer[Report]):
    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = Report
        fields = ("id", "reason", "words", "at")


class QuickAnswerIn(serializers.Serializer[Any]):
    title = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class QuickAnswerOut(serializers.ModelSerializer[QuickAnswer]):
    """`{name}` in the text stands for the first name of whom one writes to."""

    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = QuickAnswer
        fields = ("id", "title", "text")


class Block(IdempotentWrites):
    def conversation(self, request: Request) -> Conversation:
        return selectors.conversation_for(viewer=caller(request), public_id=self.kwargs["public_id"])

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:  # noqa: ARG002
        """Block the other: nothing goes between you, either way. They are not told."""
        user = caller(request)
        services.block_person(blocker=user, blocked=self.conversation(request).other(user), now=clock.now())
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:  # noqa: ARG002
        """Take your block of the other back."""
        user = caller(request)
        services.unblock_person(blocker=user, blocked=self.conversation(request).other(user))
        return Response(status=204)


class Reports(IdempotentWrites):
    @extend_schema(request=ReportIn, responses={201: ReportOut})
    def post(self, request: Request, public_id: str) -> Response:
        """Tell support of the conversation, or of one message in it."""
        conversation = selectors.conversation_for(viewer=caller(request), public_id=public_id)
        form = ReportIn(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        message = None
        if "message" in given:
            message = selectors.message_for(conversation=conversation, sequence=given["message"])
        report = services.report_conversation(
            conversation=conversation,
            reporter=caller(request),
            reason=ReportReason(given["reason"]),
            words=given["words"],
            message=message,
            now=clock.now(),
        )
        return Response(ReportOut(report).data, status=201)


class QuickAnswers(IdempotentWrites, ListAPIView[QuickAnswer]):
    """Your quick answers, by name."""

    serializer_class = QuickAnswerOut
    pagination_class = ByName

    def get_queryset(self) -> QuerySet[QuickAnswer]:
        user = self.request.user
        return selectors.answers_of(user) if isinstance(user, User) else QuickAnswer.objects.none()

    @extend_schema(request=QuickAnswerIn, responses={201: QuickAnswerOut})
    def post(self, request: Request) -> Response:
        """Keep another one."""
        answer = services.save_answer(owner=caller(request), **_words(request))
        return Response(QuickAnswerOut(answer).data, status=201)


class OneQuickAnswer(IdempotentWrites, RetrieveAPIView[QuickAnswer]):
    """One of your quick answers."""

    serializer_class = QuickAnswerOut
    lookup_field = "public_id"
    get_queryset = QuickAnswers.get_queryset

    @extend_schema(request=QuickAnswerIn, responses={200: QuickAnswerOut})
    def put(self, request: Request, public_id: str) -> Response:
        """Change its name and words."""
        kept = selectors.answer_for(owner=caller(request), public_id=public_id)
        answer = services.save_answer(owner=caller(request), answer=kept, **_words(request))
        return Response(QuickAnswerOut(answer).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Throw it away."""
        kept = selectors.answer_for(owner=caller(request), public_id=public_id)
        services.delete_answer(owner=caller(request), answer=kept)
        return Response(status=204)


def _words(request: Request) -> dict[str, Any]:
    form = QuickAnswerIn(data=request.data)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)
