"""`/api/v1/conversations/`: find and read them, write into them. Others than the two get 404 (R-OFR-1)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import User
from inbox import selectors, services
from inbox.enums import Filter
from inbox.limits import FOUND_PAGE
from inbox.models import Attachment, Conversation, Message
from marketplace.kernel import clock
from marketplace.web.pagination import Pages
from marketplace.web.parsers import ShallowJSONParser
from notifications.services.reading import mark_read_about


def caller(request: Request) -> User:
    """Who calls, on views that only the signed-in reach."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


class LastActiveFirst(Pages):
    ordering = ("-active_at", "-id")


class LastSaidFirst(Pages):
    ordering = "-sequence"


class PersonOut(serializers.ModelSerializer[User]):
    id = serializers.CharField(source="public_id", read_only=True)
    name = serializers.CharField(source="display_name", read_only=True)

    class Meta:
        model = User
        fields = ("id", "name")


class AttachmentOut(serializers.ModelSerializer[Attachment]):
    id = serializers.CharField(source="public_id", read_only=True)
    url = serializers.SerializerMethodField()
    preview = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ("id", "name", "content_type", "size", "url", "preview")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, attachment: Attachment) -> str:
        link = reverse("inbox:attachment", args=[attachment.public_id])
        return str(self.context["request"].build_absolute_uri(link))

    @extend_schema_field(OpenApiTypes.STR)
    def get_preview(self, attachment: Attachment) -> str:
        """Where a small copy of a picture lies; empty for other files."""
        link = reverse("inbox:thumbnail", args=[attachment.public_id])
        return str(self.context["request"].build_absolute_uri(link)) if attachment.thumbnail else ""


class MessageOut(serializers.ModelSerializer[Message]):
    """`kind` is empty for plain words; else it names a card ("offer", "request"), and `reference` its id.

    `on_behalf_of` is the seller for whom somebody of their team wrote it.
    """

    author = PersonOut(read_only=True)
    on_behalf_of = PersonOut(read_only=True, allow_null=True)
    attachments = AttachmentOut(many=True, read_only=True)

    class Meta:
        model = Message
        fields = ("sequence", "author", "on_behalf_of", "kind", "reference", "body", "attachments", "at")


class FoundOut(serializers.ModelSerializer[Message]):
    """A message that was found, and where."""

    conversation = serializers.CharField(source="conversation.public_id", read_only=True)
    author = PersonOut(read_only=True)

    class Meta:
        model = Message
        fields = ("conversation", "sequence", "author", "body", "at")


class ConversationOut(serializers.ModelSerializer[Conversation]):
    id = serializers.CharField(source="public_id", read_only=True)
    other = serializers.SerializerMethodField()
    unread = serializers.IntegerField(read_only=True)
    latest = serializers.SerializerMethodField()

    class Meta:
        model = Conversation
        fields = ("id", "other", "unread", "latest", "started_at", "active_at")

    @extend_schema_field(PersonOut)
    def get_other(self, conversation: Conversation) -> dict[str, Any]:
        return PersonOut(conversation.other(self.context["request"].user)).data

    def get_latest(self, conversation: Conversation) -> str:
        """The first line of the latest message."""
        return conversation.latest.body.partition("\n")[0][:200] if conversation.latest else ""


class MessageIn(serializers.Serializer[Any]):
    body = serializers.CharField(allow_blank=True, default="")
    attachments = serializers.ListField(child=serializers.FileField(), default=list)


class Conversations(ListAPIView[Conversation]):
    """Your conversations, the last active first; `show` leaves out some."""

    serializer_class = ConversationOut
    pagination_class = LastActiveFirst

    @extend_schema(parameters=[OpenApiParameter("show", str, enum=[Filter.UNREAD.value, Filter.OFFERS.value])])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Conversation]:
        user, show = self.request.user, self.request.query_params.get("show", "")
        if not isinstance(user, User):
            return Conversation.objects.none()
        shown = Filter(show) if show in Filter.values else Filter.ALL
        return selectors.filtered(selectors.conversations_of(user), shown)


class OneConversation(RetrieveAPIView[Conversation]):
    """One of your conversations."""

    serializer_class = ConversationOut
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Conversation]:
        user = self.request.user
        return selectors.conversations_of(user) if isinstance(user, User) else Conversation.objects.none()


class Search(ListAPIView[Message]):
    """The newest messages of your conversations that have the words of `q`; if none has, such with similar ones."""

    serializer_class = FoundOut
    pagination_class = None

    @extend_schema(parameters=[OpenApiParameter("q", str, required=True)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Message]:
        user = self.request.user
        if not isinstance(user, User):
            return Message.objects.none()
        found, _ = selectors.matching_messages(viewer=user, words=self.request.query_params.get("q", ""))
        return found.select_related("conversation", "author")[:FOUND_PAGE]


class Messages(IdempotentWrites, ListAPIView[Message]):
    """What was said, the latest first."""

    serializer_class = MessageOut
    pagination_class = LastSaidFirst
    parser_classes = (ShallowJSONParser, MultiPartParser)

    def conversation(self) -> Conversation:
        return selectors.conversation_as(user=caller(self.request), public_id=self.kwargs["public_id"])[0]

    def get_queryset(self) -> QuerySet[Message]:
        if not isinstance(self.request.user, User):
            return Message.objects.none()
        return selectors.messages_of(self.conversation())

    @extend_schema(request=MessageIn, responses={201: MessageOut})
    def post(self, request: Request, public_id: str) -> Response:  # noqa: ARG002
        """Write a message, with or without files (then as multipart)."""
        form = MessageIn(data=request.data)
        form.is_valid(raise_exception=True)
        message = services.send_message(
            conversation=self.conversation(),
            author=caller(request),
            body=form.validated_data["body"],
            files=form.validated_data["attachments"],
            now=clock.now(),
        )
        return Response(MessageOut(message, context={"request": request}).data, status=201)


class Read(IdempotentWrites):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, public_id: str) -> Response:
        """Say that you have read everything up to now."""
        person, now = caller(request), clock.now()
        conversation, reader = selectors.conversation_as(user=person, public_id=public_id)
        services.mark_read(conversation=conversation, reader=reader, now=now)
        mark_read_about(reader=person, pages=[conversation.get_absolute_url()], shown_at=now)
        return Response(status=204)
