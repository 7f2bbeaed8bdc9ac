"""`/api/v1/gigs/`: the catalogue to be read, by anyone; `/api/v1/templates/`: one’s library of templates (R-API)."""

from datetime import date
from typing import Any, cast

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import IdempotentWrites
from accounts.models import User
from gigs.forms.browsing import BrowseForm
from gigs.models import Gig, WorkflowTemplate
from gigs.selectors import gig_for_anyone, packages_of
from gigs.selectors.browsing import browse_gigs
from gigs.selectors.showing import PackageView, PlannedStep, show_package
from gigs.selectors.templates import own_template, template_for, templates_for
from gigs.services.templates import DESCRIPTION_LIMIT, copy_template, delete_template, rename_template
from marketplace.kernel import clock
from marketplace.web.pagination import NewestFirst
from marketplace.web.serializers import MoneyOut
from milestones.services.policies import policies_in_force, policy_in_force


class GigOut(serializers.Serializer[Any]):
    """A gig in a list."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    subcategory = serializers.CharField(source="subcategory.slug")
    seller = serializers.CharField(source="seller.public_id")
    seller_name = serializers.CharField(source="seller.display_name")
    tags = serializers.ListField(child=serializers.CharField())
    published_at = serializers.DateTimeField()


class ListedGigOut(GigOut):
    from_price = serializers.SerializerMethodField()
    milestone_count = serializers.IntegerField(help_text="0 when the gig is paid at once")

    @extend_schema_field(MoneyOut)
    def get_from_price(self, gig: Any) -> dict[str, object]:
        return {"amount": gig.from_price, "currency": gig.currency}


class StepOut(serializers.Serializer[PlannedStep]):
    """One charge of the plan; `due` is for an order that is placed now."""

    name = serializers.CharField(source="terms.name")
    description = serializers.CharField(source="terms.description")
    criteria = serializers.ListField(source="terms.criteria", child=serializers.CharField())
    substeps = serializers.ListField(source="terms.substeps", child=serializers.CharField())
    days = serializers.IntegerField(source="terms.days")
    revisions = serializers.IntegerField(source="terms.revisions")
    video_call = serializers.BooleanField(source="terms.video_call")
    due = serializers.DateTimeField()
    price = MoneyOut()
    fee = MoneyOut()


class PackageOut(serializers.Serializer[PackageView]):
    """A package with its plan. Order it with `tier` and `digest`, so that exactly these terms are bought."""

    tier = serializers.CharField(source="package.tier")
    name = serializers.CharField(source="package.name")
    description = serializers.CharField(source="package.description")
    order_type = serializers.CharField(source="terms.order_type")
    digest = serializers.CharField(source="terms.digest")
    revisions = serializers.IntegerField(source="terms.revisions", help_text="For the whole order; else per milestone")
    price = MoneyOut(source="terms.total")
    due_today = MoneyOut(source="today.charge")
    total_with_fees = MoneyOut(source="total_with_fee")
    milestones = StepOut(source="steps", many=True)


class GigDetailOut(GigOut):
    description = serializers.CharField()
    seller_away_until = serializers.SerializerMethodField()
    packages = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DateField(allow_null=True, help_text="Until then it can’t be ordered"))
    def get_seller_away_until(self, gig: Gig) -> date | None:
        profile = gig.seller.seller
        return profile.away_until if profile.away_now else None

    @extend_schema_field(PackageOut(many=True))
    def get_packages(self, gig: Gig) -> Any:
        now = clock.now()
        policy = policy_in_force(now=now, currency=gig.currency)
        views: Any = [show_package(gig, package.tier, policy=policy, now=now) for package in packages_of(gig)]
        return PackageOut(views, many=True).data


class NewestPublished(NewestFirst):
    ordering = ("-published_at", "-pk")


class Gigs(ListAPIView[Gig]):
    """Active gigs, newest first. `q`, `category` (a slug), `least`, `most` and `milestones` as on the page."""

    permission_classes = (AllowAny,)
    serializer_class = ListedGigOut
    pagination_class = NewestPublished

    def get_queryset(self) -> QuerySet[Gig]:
        filters = BrowseForm(self.request.query_params).filters()
        gigs: QuerySet[Gig] = browse_gigs(filters, policies=policies_in_force(now=clock.now()))
        return gigs.select_related("subcategory")


class GigDetail(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(responses=GigDetailOut)
    def get(self, request: Request, public_id: str) -> Response:
        """A gig with its packages, each with the plan that ordering it now would mean."""
        return Response(GigDetailOut(gig_for_anyone(public_id=public_id, viewer=request.user)).data)


class TemplateStageOut(serializers.Serializer[Any]):
    """`days` and `share` (basis points of the price) are an offer’s; `packages` has those of each package."""

    name = serializers.CharField()
    description = serializers.CharField()
    criteria = serializers.ListField(child=serializers.CharField())
    video_call = serializers.BooleanField()
    substeps = serializers.ListField(child=serializers.DictField(), help_text="`name`, and `tiers`: none means all")
    days = serializers.IntegerField()
    share = serializers.IntegerField()
    packages = serializers.ListField(child=serializers.DictField(), help_text="`tier`, `days` and `share` of each")


class TemplateOut(serializers.Serializer[WorkflowTemplate]):
    """Milestones to begin with, in a gig or an offer (R-GIG-8)."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    description = serializers.CharField()
    subcategory = serializers.CharField(source="subcategory.slug", allow_null=True, default=None)
    is_platforms = serializers.BooleanField(help_text="To be copied, not changed")
    milestone_payments = serializers.BooleanField(source="value.milestone_payments")
    milestones = TemplateStageOut(source="design.stages", many=True)


class TemplateIn(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True, required=False, max_length=DESCRIPTION_LIMIT)


class Templates(ListAPIView[WorkflowTemplate]):
    """Your templates and the platform’s, newest first."""

    serializer_class = TemplateOut
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[WorkflowTemplate]:
        user = self.request.user
        return templates_for(user) if isinstance(user, User) else WorkflowTemplate.objects.none()


class OneTemplate(IdempotentWrites):
    @extend_schema(responses=TemplateOut)
    def get(self, request: Request, public_id: str) -> Response:
        return Response(TemplateOut(template_for(seller=cast(User, request.user), public_id=public_id)).data)

    @extend_schema(request=TemplateIn, responses=TemplateOut)
    def patch(self, request: Request, public_id: str) -> Response:
        """Rename one of yours. No gig and no offer that began with it changes."""
        seller = cast(User, request.user)
        template = own_template(seller=seller, public_id=public_id)
        form = TemplateIn(data=request.data)
        form.is_valid(raise_exception=True)
        renamed = rename_template(template=template, seller=seller, **form.validated_data)
        return Response(TemplateOut(renamed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Delete one of yours, for good. What began with it stays as it is."""
        seller = cast(User, request.user)
        delete_template(template=own_template(seller=seller, public_id=public_id), seller=seller)
        return Response(status=204)


class CopyTemplate(IdempotentWrites):
    @extend_schema(request=None, responses={201: TemplateOut})
    def post(self, request: Request, public_id: str) -> Response:
        """Make a copy that is yours, of one of yours or of the platform’s."""
        seller = cast(User, request.user)
        copy = copy_template(template=template_for(seller=seller, public_id=public_id), seller=seller)
        return Response(TemplateOut(copy).data, status=201)


urlpatterns = [
    path("templates/", Templates.as_view(), name="templates"),
    path("templates/<str:public_id>/", OneTemplate.as_view(), name="template"),
    path("templates/<str:public_id>/copy/", CopyTemplate.as_view(), name="copy_template"),
    path("gigs/", Gigs.as_view(), name="gigs"),
    path("gigs/<str:public_id>/", GigDetail.as_view(), name="gig"),
]
