"""Policies, workflows (how a seller designs the work) and plans (what two people agreed on).

Money columns are integer minor units; days are 24 hours.
"""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from marketplace.kernel.identifiers import new_public_id
from marketplace.kernel.money import Money
from milestones.enums import OrderType, PackageTier, PayoutRelease, RevisionScope
from milestones.terms import MilestoneTerms, PlanTerms


def new_plan_id() -> str:
    return new_public_id("pln")


class MilestonePolicy(models.Model):
    """Every limit of the marketplace, as one versioned row (R-POL-1, R-POL-2). Nothing else knows a limit by number.

    The newest row whose `effective_from` has passed rules everything new; a row without one is shipped, not in force.
    Once pinned by a sent offer or an order, a row never changes: a database trigger holds it, an edit makes a version.
    """

    name = models.SlugField()
    version = models.PositiveIntegerField(default=1)
    effective_from = models.DateTimeField(null=True, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True, editable=False)
    currency = models.CharField(max_length=3, default="USD")

    gig_price_over = models.BigIntegerField("basic package costs more than")
    gig_min_milestones = models.PositiveSmallIntegerField()
    gig_max_milestones = models.PositiveSmallIntegerField(help_text="0 keeps milestones out of gigs.")
    offer_min_milestones = models.PositiveSmallIntegerField()
    offer_max_milestones = models.PositiveSmallIntegerField()
    offer_total_over = models.BigIntegerField("offer with milestones totals more than")
    subscription_min_months = models.PositiveSmallIntegerField(default=2)
    subscription_max_months = models.PositiveSmallIntegerField(default=12)
    milestone_min_price = models.BigIntegerField()
    milestone_max_days = models.PositiveSmallIntegerField()
    review_days = models.PositiveSmallIntegerField()
    revision_scope = models.CharField(max_length=10, choices=RevisionScope)
    payout_release = models.CharField(max_length=10, choices=PayoutRelease)
    review_reminder_hours = ArrayField(models.PositiveSmallIntegerField(), help_text="Hours before the deadline.")
    charge_retry_days = ArrayField(models.PositiveSmallIntegerField(), help_text="Days after the failure.")
    charge_notice_days = models.PositiveSmallIntegerField(
        default=3, help_text="Days before a month of a subscription is charged, for the buyer to be reminded of it."
    )
    payment_grace_days = models.PositiveSmallIntegerField()
    offer_validity_days = models.PositiveSmallIntegerField()
    offer_nudge_hours = models.PositiveSmallIntegerField(
        default=24, help_text="Hours between two reminders that who sent an offer may send by hand."
    )
    offer_reminder_hours = models.PositiveSmallIntegerField(
        default=48, help_text="Hours before an offer runs out, for its reader to be reminded of it."
    )
    unpaid_order_hours = models.PositiveSmallIntegerField()
    clearance_days = models.PositiveSmallIntegerField()
    extra_review_days = models.PositiveSmallIntegerField()
    max_hold_days = models.PositiveSmallIntegerField()
    second_agent_over = models.BigIntegerField(
        "a second support agent confirms above",
        default=50_000,
        help_text="What one agent may divide or give back alone, fee included.",
    )
    commission_bp = models.PositiveIntegerField(
        "seller commission", help_text="Basis points: 1000 is 10 %.", validators=[MaxValueValidator(10_000)]
    )
    buyer_fee_bp = models.PositiveIntegerField(
        "buyer service fee",
        help_text="Basis points of each charge: 500 is 5 %.",
        validators=[MaxValueValidator(10_000)],
    )

    class Meta:
        verbose_name_plural = "milestone policies"
        ordering: ClassVar = ["-effective_from", "name", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="policy_name_version"),
            models.CheckConstraint(
                name="policy_bounds_in_order",
                condition=Q(offer_min_milestones__lte=models.F("offer_max_milestones"))
                & (Q(gig_max_milestones=0) | Q(gig_min_milestones__lte=models.F("gig_max_milestones"))),
            ),
            models.CheckConstraint(
                name="policy_months_in_order",
                condition=Q(subscription_min_months__gte=1)
                & Q(subscription_min_months__lte=models.F("subscription_max_months")),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="pinned_policy_is_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__pinned_at__isnull=False),
                func="RAISE EXCEPTION 'a pinned policy is immutable: make the next version';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Workflow(models.Model):
    """A design of milestones, made by a seller for a gig. `milestone_payments` off: one payment, shared progress."""

    milestone_payments = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"Workflow {self.pk}"


class Stage(models.Model):
    """One milestone of a workflow, before anyone has ordered it (R-GIG-5)."""

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True, max_length=1200)
    criteria = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    video_call = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workflow", "position"], name="stage_position", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.name


class StagePackage(models.Model):
    """That a stage is in a package: for how many days, and which part of the package price it takes (minor units).

    Zero is what a draft has not said yet; `milestones.rules` refuses it before buyers see the workflow.
    """

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="packages")
    tier = models.CharField(max_length=10, choices=PackageTier)
    days = models.PositiveSmallIntegerField()
    part = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stage", "tier"], name="stage_tier"),
            models.CheckConstraint(name="stage_part_not_negative", condition=Q(part__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.stage} in {PackageTier(self.tier).label}"


class Substep(models.Model):
    """A step inside a stage that the buyer can follow; `tiers` empty means every package of the stage."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="substeps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    tiers = ArrayField(models.CharField(max_length=10, choices=PackageTier), default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.name


def _append_only(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class Plan(models.Model):
    """Terms that somebody was shown: an immutable version. Made only by `milestones.services.plans.create_plan`."""

    public_id = models.CharField(max_length=32, unique=True, default=new_plan_id, editable=False)
    policy = models.ForeignKey(MilestonePolicy, on_delete=models.PROTECT, related_name="plans")
    order_type = models.CharField(max_length=12, choices=OrderType)
    currency = models.CharField(max_length=3)
    revision_scope = models.CharField(max_length=10, choices=RevisionScope)
    revisions = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        triggers: ClassVar = [_append_only("plan_is_immutable")]

    def __str__(self) -> str:
        return self.public_id

    @cached_property
    def terms(self) -> PlanTerms:
        """The stored rows as a value; `terms.digest` equals `digest`."""
        return PlanTerms(
            order_type=OrderType(self.order_type),
            currency=self.currency,
            revision_scope=RevisionScope(self.revision_scope),
            revisions=self.revisions,
            milestones=tuple(planned.terms for planned in self.milestones.all()),
        )

    @property
    def total(self) -> Money:
        return self.terms.total


class PlannedMilestone(models.Model):
    """One milestone of a plan, as agreed."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    criteria = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    days = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField()
    revisions = models.PositiveSmallIntegerField(default=0)
    video_call = models.BooleanField(default=False)
    substeps = ArrayField(models.CharField(max_length=80), default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "position"], name="planned_position"),
            models.CheckConstraint(name="planned_amount_positive", condition=Q(amount__gt=0, days__gt=0)),
        ]
        triggers: ClassVar = [_append_only("planned_milestone_is_immutable")]

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> MilestoneTerms:
        return MilestoneTerms(
            name=self.name,
            description=self.description,
            criteria=tuple(self.criteria),
            days=self.days,
            amount=self.amount,
            revisions=self.revisions,
            video_call=self.video_call,
            substeps=tuple(self.substeps),
        )
