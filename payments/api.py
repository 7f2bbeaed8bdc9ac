"""One's own papers, and what a seller earned, under `/api/v1/` (R-API, R-PAY-5, R-PAY-6)."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import signed_in
from accounts.models import User
from marketplace.kernel import clock
from marketplace.web.pagination import NewestFirst
from marketplace.web.serializers import MoneyOut
from payments.contents import Content
from payments.documents import documents_of, find_document
from payments.earnings import Earnings, earnings_of, transfers_of
from payments.enums import DocumentKind, StatementSide
from payments.models import Document, Transfer
from payments.presenters.bars import STACK, left_of, part_of
from payments.sheets import pdf_response


class DocumentOut(serializers.Serializer[Document]):
    """A paper about your money. `total` is what its heading shows; `replaced_by` names what overtook a statement."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    side = serializers.ChoiceField(choices=[side.value for side in StatementSide])
    title = serializers.CharField()
    total = MoneyOut(source="money")
    order = serializers.CharField(source="group", help_text="The order that it is about; empty for a month")
    month = serializers.DateField(allow_null=True)
    replaces = serializers.CharField(source="replaces.number", default=None, allow_null=True)
    replaced_by = serializers.SerializerMethodField()
    issued_at = serializers.DateTimeField()
    pdf = serializers.SerializerMethodField()

    def get_replaced_by(self, document: Document) -> str | None:
        newer = getattr(document, "replaced_by", None)
        return newer.number if newer else None

    def get_pdf(self, document: Document) -> str:
        """Where its PDF is."""
        address = reverse("api:document_pdf", args=[document.number])
        request: Request | None = self.context.get("request")
        return request.build_absolute_uri(address) if request else address


class WholeDocumentOut(DocumentOut):
    content = serializers.SerializerMethodField()

    def get_content(self, document: Document) -> dict[str, Any]:
        """All that it says, as it was when it was issued: people, lines, sums in minor units, notes."""
        content: Content = document.content
        return dict(content)


class DocumentFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    kind = django_filters.ChoiceFilter(choices=DocumentKind.choices)
    order = django_filters.CharFilter(field_name="group")


class NewestIssued(NewestFirst):
    ordering = ("-issued_at", "-pk")


@extend_schema(responses=DocumentOut(many=True))
class Documents(ListAPIView[Document]):
    """Your invoices, credit notes and statements, the newest first."""

    serializer_class = DocumentOut
    filterset_class = DocumentFilter
    pagination_class = NewestIssued

    def get_queryset(self) -> QuerySet[Document]:
        user = self.request.user
        return documents_of(user) if isinstance(user, User) else Document.objects.none()


class OneDocument(APIView):
    @extend_schema(responses=WholeDocumentOut)
    def get(self, request: Request, number: str) -> Response:
        """One of your papers, whole."""
        found = find_document(user=signed_in(request), number=number)
        return Response(WholeDocumentOut(found, context={"request": request}).data)


class DocumentPdf(APIView):
    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, number: str) -> FileResponse:
        """The same paper as a PDF on A4."""
        return pdf_response(find_document(user=signed_in(request), number=number))


class EarningsOut(serializers.Serializer[Earnings]):
    """Where a seller's money of one currency is; integer minor units. `accepted` is yours when its order ends,
    `available` has cleared and is not on its way, `owed` is kept from the next payouts.
    """

    currency = serializers.CharField()
    accepted = serializers.IntegerField()
    clearing = serializers.IntegerField()
    available = serializers.IntegerField()
    on_the_way = serializers.IntegerField()
    paid = serializers.IntegerField()
    owed = serializers.IntegerField()


class EarningsPage(APIView):
    @extend_schema(responses=EarningsOut(many=True))
    def get(self, request: Request) -> Response:
        """What you earned, one entry per currency, read from the books."""
        rows = earnings_of(signed_in(request), now=clock.now())
        return Response([EarningsOut(row).data for row in rows])


class PayoutOut(serializers.Serializer[Transfer]):
    """Your part of one released milestone. `amount` is what is sent, or will be; `kept` went to what you owed."""

    id = serializers.CharField(source="public_id")
    order = serializers.CharField(source="group")
    description = serializers.CharField(source="charge.description")
    amount = MoneyOut(source="money")
    kept = serializers.IntegerField(source="netted")
    taken_back = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    released_at = serializers.DateTimeField(source="created_at")
    clears_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(source="succeeded_at", allow_null=True)

    def get_taken_back(self, transfer: Transfer) -> int:
        """In minor units, after a refund of money that was sent to you."""
        return transfer.amount - left_of(transfer)

    @extend_schema_field(serializers.ChoiceField(choices=[*STACK, "closed"]))
    def get_state(self, transfer: Transfer) -> str:
        """`closed`: nothing was left to send."""
        return part_of(transfer, clock.now()) or "closed"


class Payouts(ListAPIView[Transfer]):
    """Your payouts, one per milestone, the newest first."""

    serializer_class = PayoutOut
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Transfer]:
        user = self.request.user
        return transfers_of(user) if isinstance(user, User) else Transfer.objects.none()


urlpatterns = [
    path("earnings/", EarningsPage.as_view(), name="earnings"),
    path("payouts/", Payouts.as_view(), name="payouts"),
    path("documents/", Documents.as_view(), name="documents"),
    path("documents/<str:number>/", OneDocument.as_view(), name="document"),
    path("documents/<str:number>/pdf/", DocumentPdf.as_view(), name="document_pdf"),
]
