"""The catalogue. Prices are integer minor units; delivery times are days of 24 hours."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import SellerProfile, User
from gigs.enums import GigState, RequirementKind
from gigs.facts import ListedFacts, filling, renewing
from marketplace.kernel.identifiers import new_public_id
from marketplace.kernel.money import Money
from milestones.designs import TemplateDesign
from milestones.enums import PackageTier
from milestones.models import Stage, StagePackage, Workflow


def new_gig_id() -> str:
    return new_public_id("gig")


def new_image_id() -> str:
    return new_public_id("img")


def new_template_id() -> str:
    return new_public_id("tpl")


def image_path(image: "GigImage", filename: str) -> str:
    """Where a re-encoded picture lies; the seller's own file name is never kept."""
    return f"gigs/{image.gig.public_id}/{image.public_id}-{filename}"


class Category(models.Model):
    name = models.CharField(max_length=60)
    slug = models.SlugField(unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "categories"
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("gigs:place", args=[self.slug])


class Subcategory(models.Model):
    """Where a gig belongs; it says where milestones may be used (R-POL-4)."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="subcategories")
    name = models.CharField(max_length=60)
    slug = models.SlugField(unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    allows_gig_milestones = models.BooleanField("milestones in gigs", default=False)
    allows_offer_milestones = models.BooleanField("milestones in offers", default=True)

    class Meta:
        verbose_name_plural = "subcategories"
        ordering: ClassVar = ["category__position", "position", "name"]
        triggers: ClassVar = [*renewing("subcategory", "subcategory_id IN (SELECT id FROM changed)")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("gigs:place", args=[self.slug])


class Gig(ListedFacts):
    """What a seller offers to everyone (R-GIG-2)."""

    public_id = models.CharField(max_length=32, unique=True, default=new_gig_id, editable=False)
    slug = models.SlugField(max_length=90, blank=True)
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="gigs")
    subcategory = models.ForeignKey(Subcategory, on_delete=models.PROTECT, related_name="gigs")
    title = models.CharField(max_length=80)
    description = models.TextField(blank=True, max_length=4000)
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    currency = models.CharField(max_length=3, default="USD", help_text="The seller's when it was made; it stays.")
    state = models.CharField(max_length=10, choices=GigState, default=GigState.DRAFT)
    workflow = models.OneToOneField(
        "milestones.Workflow", on_delete=models.PROTECT, null=True, blank=True, related_name="gig"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=0, editable=False, help_text="How often a tab of it was stored.")
    stamps = models.JSONField(default=dict, editable=False, help_text="Each tab’s last change: version, at, page.")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-published_at", "-pk"]
        indexes: ClassVar = [
            GinIndex(fields=["search_vector"], name="gig_search_vector"),
            *(
                models.Index(fields=fields, name=f"gig_by_{name}", condition=Q(is_listed=True))
                for name, fields in {
                    "standing": ["standing", "id"],
                    "date": ["published_at", "id"],
                    "price": ["currency", "from_price", "id"],
                    "stars": ["stars", "id"],
                }.items()
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="gig_rating_of_one_to_five",
                condition=Q(rating_total__gte=F("rating_count"), rating_total__lte=F("rating_count") * 5),
            )
        ]
        triggers: ClassVar = [filling()]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        if not self.slug:
            return reverse("gigs:gig", args=[self.public_id])
        return reverse("gigs:gig_by_name", args=[self.public_id, self.slug])

    @property
    def is_active(self) -> bool:
        return self.state == GigState.ACTIVE

    @property
    def is_for_sale(self) -> bool:
        """Active, and its seller's account is open."""
        return self.is_active and self.seller.is_active


class Package(models.Model):
    """One of up to three ways to order a gig. Zero is what a draft has not said yet."""

    gig = models.ForeignKey(Gig, on_delete=models.CASCADE, related_name="packages")
    tier = models.CharField(max_length=10, choices=PackageTier)
    name = models.CharField(max_length=60)
    description = models.TextField(blank=True, max_length=500)
    price = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    delivery_days = models.PositiveSmallIntegerField()
    revisions = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["gig", "price", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gig", "tier"], name="package_tier"),
            models.CheckConstraint(name="package_price_not_negative", condition=Q(price__gte=0)),
        ]
        triggers: ClassVar = [*renewing("package", "id IN (SELECT gig_id FROM changed)")]

    def __str__(self) -> str:
        return self.name

    @property
    def money(self) -> Money:
        return Money(self.price, self.currency)


class FaqEntry(models.Model):
    gig = models.ForeignKey(Gig, on_delete=models.CASCADE, related_name="faq")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=160)
    answer = models.TextField(max_length=1000)

    class Meta:
        verbose_name_plural = "FAQ entries"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.question


class GigImage(models.Model):
    """A picture of the gallery, re-encoded on arrival: two sizes, no metadata of the seller's camera."""

    public_id = models.CharField(max_length=32, unique=True, default=new_image_id, editable=False)
    gig = models.ForeignKey(Gig, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField()
    file = models.FileField(upload_to=image_path)
    thumbnail = models.FileField(upload_to=image_path)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField("what it shows", max_length=160)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        triggers: ClassVar = [*renewing("image", "id IN (SELECT gig_id FROM changed)")]

    def __str__(self) -> str:
        return self.alt


class Requirement(models.Model):
    """A question that the buyer answers after ordering (R-GIG-2); an order keeps its own copy."""

    gig = models.ForeignKey(Gig, on_delete=models.CASCADE, related_name="requirements")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=400)
    kind = models.CharField(max_length=10, choices=RequirementKind, default=RequirementKind.TEXT)
    options = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    required = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.question


class WorkflowTemplate(models.Model):
    """Milestones without prices, kept to begin with (R-GIG-4, R-GIG-8): a copy, so that nothing follows its changes.

    Without an owner it is the platform's, for a subcategory; `key` is its name in the file that ships.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_template_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="workflow_templates"
    )
    subcategory = models.ForeignKey(
        Subcategory, on_delete=models.PROTECT, null=True, blank=True, related_name="workflow_templates"
    )
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True, max_length=300)
    design = models.JSONField()
    key = models.SlugField(blank=True, editable=False)
    offered = models.BooleanField(default=True, help_text="Sellers can choose it.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "owner", Lower("name"), condition=Q(owner__isnull=False), name="template_name_of_owner"
            ),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="template_key"),
            models.CheckConstraint(name="template_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="template_of_somebody_or_somewhere",
                condition=Q(owner__isnull=False) | Q(subcategory__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("gigs:template", args=[self.public_id])

    @property
    def is_platforms(self) -> bool:
        return self.owner_id is None

    @property
    def value(self) -> TemplateDesign:
        return TemplateDesign.from_json(self.design)


class SearchWord(models.Model):
    """Every word that a title or a tag has ever had: what a typing error may have meant (R-GIG-9)."""

    word = models.CharField(max_length=40, primary_key=True)

    class Meta:
        indexes: ClassVar = [GinIndex(OpClass("word", name="gin_trgm_ops"), name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.word


# --- Tables of other apps that a gig's facts are made of; the proxies carry the triggers ------------------------------
class PersonWithGigs(User):
    """Closing an account takes its gigs out of every list."""

    class Meta:
        proxy = True
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="person_renews_gigs",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.is_active IS DISTINCT FROM NEW.is_active"),
                func="UPDATE gigs_gig SET state = state WHERE seller_id = NEW.id; RETURN NULL;",
            )
        ]


class SellerWithGigs(SellerProfile):
    class Meta:
        proxy = True
        triggers: ClassVar = [*renewing("seller", "seller_id IN (SELECT user_id FROM changed)")]


class WorkflowOfGig(Workflow):
    class Meta:
        proxy = True
        triggers: ClassVar = [*renewing("workflow", "workflow_id IN (SELECT id FROM changed)")]


class StageOfGig(Stage):
    class Meta:
        proxy = True
        triggers: ClassVar = [*renewing("stage", "workflow_id IN (SELECT workflow_id FROM changed)")]


class StagePackageOfGig(StagePackage):
    class Meta:
        proxy = True
        triggers: ClassVar = [
            *renewing(
                "stage_package",
                "workflow_id IN (SELECT s.workflow_id FROM changed c JOIN milestones_stage s ON s.id = c.stage_id)",
            )
        ]
