"""The steps inside milestones: reading them, sharing one, saying that one was seen (R-GIG-6, R-ORD-15)."""

from typing import Any

from django.core.validators import URLValidator
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import IdempotentWrites
from inbox.api import caller
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown
from marketplace.web.files import download_response
from marketplace.web.parsers import ShallowJSONParser
from orders.api.finding import find_order
from orders.forms import file_input
from orders.models import StepFile
from orders.presenters.progress import StepRow, progress_of
from orders.selectors import view_order
from orders.services.progress import acknowledge_step, share_step

IS_LINK = URLValidator(schemes=["http", "https"], message="Links begin with https://.")


class StepFileOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()


class ProgressStepOut(serializers.Serializer[StepRow]):
    """A stage of an order paid at once, or a substep of a milestone; `may_share` and `may_acknowledge` are yours."""

    id = serializers.CharField(source="step.public_id")
    milestone = serializers.IntegerField(source="step.milestone.position", help_text="Its position")
    position = serializers.IntegerField(source="step.position")
    name = serializers.CharField(source="step.name")
    is_stage = serializers.BooleanField(source="step.is_stage", help_text="False: a tick that needs no answer")
    message = serializers.CharField(source="step.message")
    link = serializers.CharField(source="step.link")
    files = StepFileOut(many=True)
    shared_at = serializers.DateTimeField(source="step.shared_at", allow_null=True)
    acknowledged_at = serializers.DateTimeField(source="step.acknowledged_at", allow_null=True)
    may_share = serializers.BooleanField(source="can_share")
    may_acknowledge = serializers.BooleanField(source="can_acknowledge")


class ShareIn(serializers.Serializer[Any]):
    """A stage needs a message. Files as multipart."""

    message = serializers.CharField(allow_blank=True, default="", max_length=3000)
    link = serializers.CharField(allow_blank=True, default="", max_length=500, validators=[IS_LINK])
    files = serializers.ListField(child=serializers.FileField(), required=False)


def answer(request: Request, public_id: str) -> Response:
    order = find_order(request, public_id)
    found = progress_of(view_order(order, caller(request), now=clock.now()))
    rows: Any = [
        row for milestone in order.milestones.all() if milestone.pk in found for row in found[milestone.pk].rows
    ]
    return Response(ProgressStepOut(rows, many=True).data)


class Steps(APIView):
    @extend_schema(responses=ProgressStepOut(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """The steps of every milestone of one of your orders, in their order."""
        return answer(request, public_id)


class Share(IdempotentWrites):
    parser_classes = (ShallowJSONParser, MultiPartParser)

    @extend_schema(
        request={"application/json": ShareIn, "multipart/form-data": ShareIn}, responses=ProgressStepOut(many=True)
    )
    def post(self, request: Request, public_id: str, step_id: str) -> Response:
        """Share the next step (seller). It moves neither money nor state; the buyer of a stage is told."""
        order = find_order(request, public_id)
        form = ShareIn(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        files = [file_input(upload, field="files", held_back=False) for upload in given.pop("files", [])]
        share_step(order=order, actor=caller(request), step_id=step_id, files=files, **given)
        return answer(request, public_id)


class Acknowledge(IdempotentWrites):
    @extend_schema(request=None, responses=ProgressStepOut(many=True))
    def post(self, request: Request, public_id: str, step_id: str) -> Response:
        """Say that you have seen a stage (buyer). It accepts nothing."""
        acknowledge_step(order=find_order(request, public_id), actor=caller(request), step_id=step_id)
        return answer(request, public_id)


class OneStepFile(APIView):
    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: str, step_id: str, file_id: str) -> FileResponse:
        """A file that was shared with a step."""
        order = find_order(request, public_id)
        file = StepFile.objects.filter(step__milestone__order=order, step__public_id=step_id, public_id=file_id).first()
        if file is None:
            raise Unknown
        return download_response(file.file.open("rb"), file.name)
