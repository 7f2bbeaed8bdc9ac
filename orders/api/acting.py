"""The steps of an order, one address per transition: the same services, rules and refusals as the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import User
from inbox.api import caller
from marketplace.kernel import clock
from marketplace.web.parsers import ShallowJSONParser
from orders.api.finding import answer, find_order
from orders.api.serializers import OrderSchema
from orders.errors import QuestionUnknown
from orders.forms import REASON_LIMIT, file_answer, file_input
from orders.models import Order
from orders.selectors import view_order
from orders.services import cards, deciding, delivering, extending, requirements, subscribing
from orders.services.delivering import FileInput, LinkInput
from orders.services.door import explain_refusal
from orders.services.requirements import Answer

Act = Callable[[Order, User, dict[str, Any]], object]


class Nothing(serializers.Serializer[Any]):
    """No body."""


class PriceIn(serializers.Serializer[Any]):
    shown_to_pay = serializers.IntegerField(
        help_text="`to_pay` of the next milestone in minor units, as you read it: no other sum is charged"
    )
    other_card = serializers.BooleanField(
        default=False, help_text="Leave the saved card alone: the buyer pays on the payment page, see `pay/`"
    )


class CardIn(serializers.Serializer[Any]):
    card = serializers.CharField(max_length=64, source="stripe_id", help_text="`id` of one of your saved cards")


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(allow_blank=True, default="", max_length=REASON_LIMIT)


class RevisionIn(serializers.Serializer[Any]):
    """A criterion of the milestone, or what is missing, or both (R-ORD-6)."""

    criterion = serializers.CharField(allow_blank=True, default="", max_length=200)
    message = serializers.CharField(allow_blank=True, default="", max_length=3000)


class AnswerIn(serializers.Serializer[Any]):
    """JSON in words, or multipart with files: `answers[0]position`, `answers[0]text` or `answers[0]file`."""

    position = serializers.IntegerField(help_text="Of the question")
    text = serializers.CharField(allow_blank=True, default="", max_length=5000)
    file = serializers.FileField(required=False)


class AnswersIn(serializers.Serializer[Any]):
    answers = AnswerIn(many=True)


class LinkIn(serializers.Serializer[Any]):
    url = serializers.URLField(max_length=500)
    label = serializers.CharField(allow_blank=True, default="", max_length=120)  # type: ignore[assignment]

    def validate_url(self, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise serializers.ValidationError("Links begin with https://.")
        return value


class DeliverIn(serializers.Serializer[Any]):
    """JSON with links, or multipart with files: `files` are seen at once, `originals` released on acceptance."""

    message = serializers.CharField(allow_blank=True, default="", max_length=5000)
    links = LinkIn(many=True, required=False)
    files = serializers.ListField(child=serializers.FileField(), required=False)
    originals = serializers.ListField(child=serializers.FileField(), required=False)
    is_full_project = serializers.BooleanField(default=False, help_text="Needed with the last milestone")


@dataclass(frozen=True, slots=True)
class Deed:
    """A transition, what its request holds, and the service that makes it."""

    transition: str
    body: type[serializers.Serializer[Any]]
    act: Act


class Action(IdempotentWrites):
    """One transition. Refused ones answer 409 with the rule; `actions` of the order says which are open to you."""

    idempotency_required: ClassVar[bool] = True
    deed: ClassVar[Deed]

    def post(self, request: Request, public_id: str) -> Response:
        form = self.deed.body(data=request.data)
        form.is_valid(raise_exception=True)
        order = find_order(request, public_id)
        view = view_order(order, caller(request), now=clock.now())
        if refusal := explain_refusal(view.facts, self.deed.transition, view.role):
            raise refusal
        self.deed.act(order, caller(request), form.validated_data)
        return answer(request, public_id)


def action(name: str, body: type[serializers.Serializer[Any]], act: Act, story: str) -> tuple[str, type[Action]]:
    """A view for the transition `name`; `story` is what the schema says of it."""

    @extend_schema(request=None if body is Nothing else body, responses=OrderSchema, description=story)
    def post(self: Action, request: Request, public_id: str) -> Response:
        return Action.post(self, request, public_id)

    members = {"deed": Deed(name, body, act), "post": post}
    return name, type(name.title().replace("_", ""), (Action,), members)


def _deliver(order: Order, user: User, data: dict[str, Any]) -> object:
    return delivering.deliver(
        order=order,
        actor=user,
        message=data["message"],
        files=[*_inputs(data, "files", held_back=False), *_inputs(data, "originals", held_back=True)],
        links=[LinkInput(**link) for link in data.get("links", [])],
        is_full_project=data["is_full_project"],
    )


def _answer(order: Order, user: User, data: dict[str, Any]) -> None:
    asked = {requirement.position: requirement.pk for requirement in order.requirements.all()}
    answers: dict[int, Answer] = {}
    for given in data["answers"]:
        if given["position"] not in asked:
            raise QuestionUnknown(field="answers", position=given["position"])
        field, upload = f"answer_{given['position']}", given.get("file")
        answers[asked[given["position"]]] = file_answer(upload, field=field) if upload else Answer(text=given["text"])
    requirements.answer_requirements(order=order, actor=user, answers=answers)


class Deliver(Action):
    parser_classes = (ShallowJSONParser, MultiPartParser)
    deed = Deed("deliver", DeliverIn, _deliver)

    @extend_schema(request={"application/json": DeliverIn, "multipart/form-data": DeliverIn}, responses=OrderSchema)
    def post(self, request: Request, public_id: str) -> Response:
        """Hand the milestone under way over (seller). The review clock starts."""
        return super().post(request, public_id)


class AnswerRequirements(Action):
    parser_classes = (ShallowJSONParser, MultiPartParser)
    deed = Deed("answer_requirements", AnswersIn, _answer)

    @extend_schema(request={"application/json": AnswersIn, "multipart/form-data": AnswersIn}, responses=OrderSchema)
    def post(self, request: Request, public_id: str) -> Response:
        """Answer the seller's questions (buyer); the first milestone begins."""
        return super().post(request, public_id)


def _inputs(data: dict[str, Any], field: str, *, held_back: bool) -> list[FileInput]:
    uploads: list[UploadedFile[Any]] = data.get(field, [])
    return [file_input(upload, field=field, held_back=held_back) for upload in uploads]


def _ending(name: str, story: str) -> tuple[str, type[Action]]:
    return action(
        name,
        ReasonIn,
        lambda order, user, data: subscribing.end_subscription(order=order, actor=user, name=name, **data),
        story,
    )


ACTIONS: list[tuple[str, type[Action]]] = [
    ("deliver", Deliver),
    ("answer_requirements", AnswerRequirements),
    action(
        "waive_requirements",
        Nothing,
        lambda order, user, data: requirements.waive_requirements(order=order, actor=user, **data),
        "Begin without answers (seller).",
    ),
    action(
        "accept_and_continue",
        PriceIn,
        lambda order, user, data: deciding.accept_and_continue(order=order, actor=user, **data),
        "Accept, and charge the saved method for the next milestone at once (buyer).",
    ),
    action(
        "charge_saved_card",
        CardIn,
        lambda order, user, data: cards.charge_saved_card(order=order, actor=user, **data),
        "After a refusal, charge a saved card at once: the same again or another (buyer).",
    ),
    action(
        "accept_and_finish",
        Nothing,
        lambda order, user, data: deciding.accept_and_finish(order=order, actor=user, **data),
        "Accept the last milestone (buyer). The order is completed.",
    ),
    action(
        "accept_and_stop",
        ReasonIn,
        lambda order, user, data: deciding.accept_and_stop(order=order, actor=user, **data),
        "Accept what was delivered and end the order here (buyer). Nothing more is charged.",
    ),
    action(
        "accept_month",
        Nothing,
        lambda order, user, data: subscribing.accept_month(order=order, actor=user, **data),
        "Accept a month of a subscription before the date of the next (buyer), which is charged on it.",
    ),
    action(
        "accept_and_end",
        ReasonIn,
        lambda order, user, data: subscribing.accept_and_end(order=order, actor=user, **data),
        "Accept the month that was delivered and end the subscription here (buyer). Nothing more is charged.",
    ),
    _ending("end_after_month", "End the subscription after the month that is being made (either side)."),
    _ending("end_after_revision", "End the subscription after the month that is being revised (either side)."),
    _ending("end_after_delivery", "End the subscription after the month that is being reviewed (either side)."),
    _ending("end_subscription", "End the subscription before the next month is paid (either side)."),
    action(
        "request_revision",
        RevisionIn,
        lambda order, user, data: deciding.request_revision(order=order, actor=user, **data),
        "Ask for a change while revisions are left (buyer).",
    ),
    action(
        "ask_more_time",
        ReasonIn,
        lambda order, user, data: extending.ask_more_time(order=order, actor=user, **data),
        "Ask once per milestone for the policy's extra review days (buyer).",
    ),
    action(
        "grant_more_time",
        Nothing,
        lambda order, user, data: extending.grant_more_time(order=order, actor=user, **data),
        "Give the buyer the extra days (seller).",
    ),
    action(
        "refuse_more_time",
        Nothing,
        lambda order, user, data: extending.refuse_more_time(order=order, actor=user, **data),
        "Keep the deadline as it is (seller).",
    ),
    action(
        "stop",
        ReasonIn,
        lambda order, user, data: deciding.stop(order=order, actor=user, **data),
        "End the order while the next charge has not succeeded (buyer). What was accepted stays paid.",
    ),
    action(
        "decline_to_continue",
        ReasonIn,
        lambda order, user, data: deciding.stop(order=order, actor=user, **data),
        "End the order after support cancelled its first milestone (buyer).",
    ),
]
