"""The catalogue at the support desk: categories, where and by whom milestones are used, gigs to be read (R-SUP-4)."""

import json
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import SellerProfileAdmin
from accounts.models import SellerProfile
from gigs.models import Category, Gig, Package, Subcategory, WorkflowTemplate
from gigs.services.shipping import template_failures
from gigs.services.telling import telling_of_hidden_milestones
from marketplace.kernel import clock


class _Kept:
    """Nothing of the catalogue is deleted at the desk: gigs and orders refer to it."""

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(_Kept, admin.ModelAdmin[Category]):
    list_display = ("name", "slug", "position")
    prepopulated_fields: ClassVar = {"slug": ["name"]}


@admin.register(Subcategory)
class SubcategoryAdmin(_Kept, admin.ModelAdmin[Subcategory]):
    """Switching milestones off hides those of the gigs here; their sellers are told (R-GIG-7)."""

    list_display = ("name", "category", "allows_gig_milestones", "allows_offer_milestones")
    list_filter = ("category", "allows_gig_milestones", "allows_offer_milestones")
    list_select_related = ("category",)
    search_fields = ("name",)
    prepopulated_fields: ClassVar = {"slug": ["name"]}

    def save_model(self, request: HttpRequest, obj: Subcategory, form: Any, change: bool) -> None:
        with telling_of_hidden_milestones(Gig.objects.filter(subcategory=obj.pk), now=clock.now()):
            super().save_model(request, obj, form, change)


admin.site.unregister(SellerProfile)


@admin.register(SellerProfile)
class SellerAdmin(SellerProfileAdmin):
    """Switching milestones off for a seller hides those of their gigs; they are told (R-POL-4, R-GIG-7)."""

    def save_model(self, request: HttpRequest, obj: SellerProfile, form: Any, change: bool) -> None:
        with telling_of_hidden_milestones(Gig.objects.filter(seller=obj.user), now=clock.now()):
            super().save_model(request, obj, form, change)


class PackageInline(_Kept, admin.TabularInline[Package, Gig]):
    model = Package
    fields = ("tier", "name", "price", "currency", "delivery_days", "revisions")
    readonly_fields = fields
    extra = 0

    def has_add_permission(self, *_: object, **__: object) -> bool:
        return False

    def has_change_permission(self, *_: object, **__: object) -> bool:
        return False


@admin.register(Gig)
class GigAdmin(_Kept, admin.ModelAdmin[Gig]):
    """Read by agents; what a gig says is its seller's."""

    list_display = ("title", "seller", "subcategory", "state", "published_at")
    list_filter = ("state", "subcategory__category")
    list_select_related = ("seller", "subcategory")
    search_fields = ("title", "public_id", "seller__email", "seller__name")
    inlines = (PackageInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Gig | None = None) -> bool:
        return False


class DesignField(forms.JSONField):
    """Readable, and only what the rules let a gig begin with."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)

    def validate(self, value: Any) -> None:
        super().validate(value)
        failures = template_failures(value, now=clock.now())
        if failures:
            raise ValidationError(failures)


class TemplateForm(forms.ModelForm[WorkflowTemplate]):
    subcategory = forms.ModelChoiceField(Subcategory.objects.filter(allows_gig_milestones=True))
    design = DesignField(
        widget=forms.Textarea(attrs={"rows": 40, "cols": 100, "spellcheck": "false"}),
        help_text="Days, and shares in basis points of the price; 10000 in each package.",
    )

    class Meta:
        model = WorkflowTemplate
        fields = ("subcategory", "name", "description", "offered", "design")


@admin.register(WorkflowTemplate)
class WorkflowTemplateAdmin(_Kept, admin.ModelAdmin[WorkflowTemplate]):
    """The platform's (R-GIG-4). One that is no longer offered stays here; a seller's own are not the desk's."""

    form = TemplateForm
    list_display = ("name", "subcategory", "offered", "updated_at")
    list_filter = ("subcategory", "offered")
    list_select_related = ("subcategory",)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkflowTemplate]:
        return super().get_queryset(request).filter(owner=None)
