"""An order and everything that happened to it. Money is minor units; instants are UTC; deadlines are exclusive.

States move only through `orders.services.door.transition`: triggers made from the transition table refuse any other
step, and the timeline refuses UPDATE, DELETE and TRUNCATE, whoever asks (R-ORD-14, R-SUP-5).
"""

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gigs.models import Gig
from marketplace.kernel.identifiers import new_order_number, new_public_id
from marketplace.kernel.money import Money, basis_points
from marketplace.web.files import RandomName
from milestones.enums import OrderType, RevisionScope
from milestones.models import MilestonePolicy, Plan, PlannedMilestone
from offers.models import Offer
from orders.enums import UNDER_WAY, CancelReason, Completion, ExtensionState, MilestoneState, OrderState, Role
from orders.transitions import milestone_edges, order_edges
from payments.enums import HoldKind
from payments.models import Charge, SavedMethod


def new_order_id() -> str:
    return new_public_id("ord")


def new_milestone_id() -> str:
    return new_public_id("mls")


def new_step_id() -> str:
    return new_public_id("stp")


def _edges_trigger(name: str, edges: list[tuple[str, str]]) -> pgtrigger.FSM:
    return pgtrigger.FSM(name=name, field="state", transitions=edges)


class Order(models.Model):
    """One purchase: a plan adopted by a buyer, carried out by a seller."""

    public_id = models.CharField(max_length=32, unique=True, default=new_order_id, editable=False)
    number = models.CharField(max_length=12, unique=True, default=new_order_number, editable=False)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="purchases")
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sales")
    gig = models.ForeignKey(Gig, on_delete=models.PROTECT, null=True, related_name="orders")
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, null=True, related_name="order")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="orders")
    policy = models.ForeignKey(MilestonePolicy, on_delete=models.PROTECT, related_name="orders")
    order_type = models.CharField(max_length=12, choices=OrderType)
    title = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=24, choices=OrderState, default=OrderState.PENDING_PAYMENT)
    completion = models.CharField(max_length=20, choices=Completion, blank=True)
    method = models.ForeignKey(SavedMethod, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    unpaid_deadline = models.DateTimeField()
    pay_by = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    held_since = models.DateTimeField(null=True, help_text="On hold: its clocks stand at this instant (R-ORD-17).")

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        permissions: ClassVar = [("cancel", "Can cancel orders and milestones")]
        constraints: ClassVar = [
            models.CheckConstraint(name="order_two_people", condition=~Q(buyer=models.F("seller"))),
            models.CheckConstraint(
                name="order_completed_says_why",
                condition=Q(state=OrderState.COMPLETED) & ~Q(completion="")
                | ~Q(state=OrderState.COMPLETED) & Q(completion=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ended_at"], condition=Q(state=OrderState.COMPLETED), name="order_completed_at")
        ]
        triggers: ClassVar = [_edges_trigger("order_state_follows_table", order_edges())]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        return self.plan.total

    def clock(self, now: datetime) -> datetime:
        """What a deadline counts from: `now`, or the instant at which a hold stopped the order's clocks."""
        return self.held_since or now

    @property
    def card(self) -> SavedMethod | None:
        """The saved card that the next charge takes; None when the buyer has to come to the payment page."""
        return self.method if self.method and self.method.is_active else None


class Milestone(models.Model):
    """The run of one planned milestone. `due_at` is its own, or its revision's, while one is asked for (R-ORD-6)."""

    public_id = models.CharField(max_length=32, unique=True, default=new_milestone_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="milestones")
    planned = models.ForeignKey(PlannedMilestone, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=MilestoneState, default=MilestoneState.PLANNED)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    begins_at = models.DateTimeField(
        null=True, help_text="Of a subscription: the date on which this month begins and is charged (R-OFR-4)."
    )
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    review_deadline = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    retries = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    revisions_used = models.PositiveSmallIntegerField(default=0)
    extension = models.CharField(max_length=10, choices=ExtensionState, default=ExtensionState.NONE)
    extension_reason = models.TextField(blank=True, max_length=1000)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "position"], name="milestone_position"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=sorted(UNDER_WAY)), name="milestone_one_under_way"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["review_deadline"], condition=Q(state="delivered"), name="milestone_review_due"),
            models.Index(
                fields=["due_at"], condition=Q(state__in=["in_progress", "in_revision"]), name="milestone_due"
            ),
            models.Index(fields=["begins_at"], condition=Q(state="scheduled"), name="milestone_begins"),
        ]
        triggers: ClassVar = [_edges_trigger("milestone_state_follows_table", milestone_edges())]

    def __str__(self) -> str:
        return f"{self.position}. {self.planned.name}"

    @property
    def name(self) -> str:
        return self.planned.name

    @property
    def price(self) -> Money:
        """The seller's price, without the buyer's fee."""
        return Money(self.planned.amount, self.order.currency)

    @property
    def fee(self) -> Money:
        """The buyer's service fee for this milestone, taken with its charge (R-POL-3)."""
        return Money(basis_points(self.planned.amount, self.order.policy.buyer_fee_bp), self.order.currency)

    @property
    def to_pay(self) -> Money:
        return self.price + self.fee

    @property
    def reference(self) -> str:
        """How payments knows this milestone: opaque to them, unique among live charges."""
        return f"{self.order.public_id}/{self.public_id}"

    @property
    def revision_days(self) -> int:
        """What a revision gets: half of the milestone's days, at least one (R-ORD-6)."""
        return -(-self.planned.days // 2)

    def revisions_allowed(self) -> int:
        """How many revisions the plan grants in the policy's scope, used ones included (R-ORD-9)."""
        if self.order.plan.revision_scope == RevisionScope.ORDER:
            return self.order.plan.revisions
        return self.planned.revisions


class OrderRequirement(models.Model):
    """A question that the buyer answers before the order begins, copied from the gig when it was placed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="requirements")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=400)
    kind = models.CharField(max_length=10)
    options = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    required = models.BooleanField(default=True)
    answer = models.TextField(blank=True)
    file = models.FileField(upload_to=RandomName("requirements"), blank=True, max_length=200)
    file_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.question


class Delivery(models.Model):
    """What the seller handed over for a milestone: the first, or one after a revision."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="deliveries")
    number = models.PositiveSmallIntegerField()
    message = models.TextField(max_length=5000)
    is_final = models.BooleanField(default=False)
    delivered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [models.UniqueConstraint(fields=["milestone", "number"], name="delivery_number")]

    def __str__(self) -> str:
        return f"delivery {self.number} of {self.milestone}"


class OrderHold(models.Model):
    """Why an order stands still: a chargeback, a case, or support (R-ORD-4). Several can stand at once."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=12, choices=HoldKind)
    reference = models.CharField(max_length=64, blank=True, help_text="The dispute or case that it is for.")
    reason = models.CharField(max_length=300, help_text="Both sides read this.")
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "kind", "reference"],
                condition=Q(lifted_at__isnull=True),
                name="order_hold_once",
            )
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="order_hold_no_delete", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.order}"


def new_file_id() -> str:
    return new_public_id("fil")


class DeliveryFile(models.Model):
    """A file of a delivery. `held_back` originals are released to the buyer on acceptance (R-ORD-5)."""

    public_id = models.CharField(max_length=32, unique=True, default=new_file_id, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(upload_to=RandomName("deliveries"), max_length=200)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    held_back = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class DeliveryLink(models.Model):
    """A link handed over instead of, or beside, files."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="links")
    url = models.URLField(max_length=500)
    label = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.label or self.url


class ProgressStep(models.Model):
    """A stage of an order paid at once, or a substep of a milestone: shared by the seller, seen by the buyer.

    It moves neither money nor state (R-GIG-6, R-ORD-15). A stage carries words; a substep is a tick.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_step_id, editable=False)
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    is_stage = models.BooleanField()
    message = models.TextField(blank=True, max_length=3000)
    link = models.URLField(max_length=500, blank=True)
    shared_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["milestone", "position"], name="progress_step_position"),
            models.CheckConstraint(
                name="progress_step_seen_after_shared",
                condition=Q(acknowledged_at=None) | Q(shared_at__isnull=False, is_stage=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StepFile(models.Model):
    """A file that the seller shared with a stage; both sides have it at once."""

    public_id = models.CharField(max_length=32, unique=True, default=new_file_id, editable=False)
    step = models.ForeignKey(ProgressStep, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(upload_to=RandomName("steps"), max_length=200)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """A change that the buyer asked for on a delivery, with a due date of its own (R-ORD-6)."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="revisions")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="revisions")
    criterion = models.CharField(max_length=200, blank=True)
    message = models.TextField(max_length=3000)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["asked_at"]

    def __str__(self) -> str:
        return self.message[:60]


class Cancellation(models.Model):
    """Why support cancelled a milestone: the reason is told, the note is read by support only (R-SUP-2)."""

    milestone = models.OneToOneField(Milestone, on_delete=models.PROTECT, related_name="cancellation")
    reason = models.CharField(max_length=20, choices=CancelReason)
    note = models.TextField(max_length=2000)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField()

    class Meta:
        triggers: ClassVar = [
            pgtrigger.Protect(name="cancellation_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}"


class TimelineEntry(models.Model):
    """One thing that happened, for ever (R-ORD-14). `name` is a transition's, or tells of something beside them."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="timeline")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=40)
    role = models.CharField(max_length=10, choices=Role)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    order_state = models.CharField(max_length=24, choices=OrderState)
    milestone_state = models.CharField(max_length=20, choices=MilestoneState, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name_plural = "timeline entries"
        triggers: ClassVar = [
            pgtrigger.Protect(name="timeline_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="timeline_is_never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'the timeline is append-only';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M}"
