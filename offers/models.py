"""Custom offers: what a seller proposes to one person, and what that person proposes back (R-OFR).

Money is minor units; deadlines are exclusive.

States move only through `offers.services.door`; triggers made from the table refuse any other step, a change to what
was sent, and an offer that is born anything but a draft.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig
from inbox.models import Conversation
from marketplace.kernel.identifiers import new_public_id
from milestones.enums import OrderType
from milestones.models import MilestonePolicy, Plan
from offers.enums import OfferState, Side
from offers.terms import DraftTerms
from offers.transitions import OFFERS


def new_offer_id() -> str:
    return new_public_id("off")


def new_request_id() -> str:
    return new_public_id("req")


class OfferRequest(models.Model):
    """A buyer asks for an offer; its files hang on the message that shows it."""

    public_id = models.CharField(max_length=32, unique=True, default=new_request_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="offer_requests")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    brief = models.TextField(max_length=3000)
    budget = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    needed_by = models.DateField(null=True, blank=True)
    asked_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="request_two_people", condition=~Q(buyer=F("seller"))),
            models.CheckConstraint(name="request_budget_positive", condition=Q(budget__isnull=True) | Q(budget__gt=0)),
        ]

    def __str__(self) -> str:
        return self.brief[:60]

    @property
    def is_answered(self) -> bool:
        """Whether an offer was sent on it; reads prefetched offers without a query."""
        return any(offer.state != OfferState.DRAFT for offer in self.offers.all())


SENT_COLUMNS = (
    "conversation_id",
    "gig_id",
    "seller_id",
    "buyer_id",
    "order_type",
    "title",
    "description",
    "currency",
    "plan_id",
    "policy_id",
    "version",
    "replaces_id",
    "made_by",
    "note",
    "sent_at",
    "expires_at",
)


def _sent_terms_are_fixed() -> pgtrigger.Trigger:
    old, new = (", ".join(f"{row}.{column}" for column in SENT_COLUMNS) for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name="sent_offer_is_fixed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=~pgtrigger.Q(old__state=OfferState.DRAFT),
        func=f"IF ({new}) IS DISTINCT FROM ({old}) THEN "
        "RAISE EXCEPTION 'a sent offer never changes: send a new version'; END IF; RETURN NEW;",
    )


def _edges() -> list[tuple[str, str]]:
    return [(str(source), str(target)) for source, target in OFFERS.edges()]


class Offer(models.Model):
    """One version of an offer. A draft holds what was typed; once sent, it is an immutable plan under a pinned policy.

    A revision by the seller and a counter-offer by the buyer are new rows whose `replaces` names the one before, which
    only one of them can replace. Only the seller's versions are ever accepted. `note` says why it differs. `edits`
    counts how often a draft was saved, and `tab` names the page that saved it last. `nudged_at` is when its author last
    reminded the reader, `reminded_at` when the clock did.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_offer_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="offers")
    request = models.ForeignKey(OfferRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="offers")
    gig = models.ForeignKey(Gig, on_delete=models.PROTECT, null=True, blank=True, related_name="offers")
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="offers_made")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="offers_received")
    order_type = models.CharField(max_length=12, choices=OrderType, default=OrderType.MILESTONES)
    currency = models.CharField(max_length=3, default="USD", help_text="The seller's when it was drafted; it stays.")
    title = models.CharField(max_length=120, blank=True)
    description = models.TextField(max_length=3000, blank=True)
    draft_terms = models.JSONField(null=True, blank=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="offers")
    policy = models.ForeignKey(MilestonePolicy, on_delete=models.PROTECT, null=True, blank=True, related_name="offers")
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors")
    made_by = models.CharField(
        max_length=6, choices=[(side.value, side.label) for side in (Side.SELLER, Side.BUYER)], default=Side.SELLER
    )
    note = models.CharField(max_length=500, blank=True)
    edits = models.PositiveIntegerField(default=0)
    tab = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.DRAFT)
    decline_reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="offer_two_people", condition=~Q(buyer=F("seller"))),
            models.CheckConstraint(
                name="offer_draft_or_sent",
                condition=Q(state=OfferState.DRAFT, plan=None, policy=None, sent_at=None, expires_at=None)
                | (
                    ~Q(state=OfferState.DRAFT)
                    & Q(
                        gig__isnull=False,
                        plan__isnull=False,
                        policy__isnull=False,
                        sent_at__isnull=False,
                        expires_at__isnull=False,
                    )
                    & ~Q(title="")
                ),
            ),
            models.CheckConstraint(
                name="offer_closed_when_ended",
                condition=Q(state__in=[OfferState.DRAFT, OfferState.SENT], closed_at=None)
                | (~Q(state__in=[OfferState.DRAFT, OfferState.SENT]) & Q(closed_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="offer_replaced_once", fields=["replaces"], condition=~Q(state=OfferState.DRAFT)
            ),
            models.CheckConstraint(
                name="counter_answers_an_offer", condition=Q(made_by=Side.SELLER) | Q(replaces__isnull=False)
            ),
            models.CheckConstraint(
                name="counter_is_never_accepted", condition=Q(made_by=Side.SELLER) | ~Q(state=OfferState.ACCEPTED)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=Q(state=OfferState.SENT), name="offer_expiring"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="offer_state_follows_table", field="state", transitions=_edges()),
            _sent_terms_are_fixed(),
            pgtrigger.Trigger(
                name="offer_begins_as_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state=OfferState.DRAFT),
                func="RAISE EXCEPTION 'an offer begins as a draft';",
            ),
            pgtrigger.Protect(
                name="sent_offer_is_kept",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state=OfferState.DRAFT),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.public_id

    def get_absolute_url(self) -> str:
        return reverse("offers:offer", args=[self.public_id])

    def side_of(self, user: User) -> Side | None:
        """Which side of this offer `user` is on; None for anybody else."""
        return {self.seller_id: Side.SELLER, self.buyer_id: Side.BUYER}.get(user.pk)

    @property
    def is_counter(self) -> bool:
        """Whether the buyer proposes it: never to be accepted, only to be answered by the seller."""
        return self.made_by == Side.BUYER

    @property
    def author(self) -> User:
        return self.buyer if self.is_counter else self.seller

    @property
    def reader(self) -> User:
        """Whom it was sent to."""
        return self.seller if self.is_counter else self.buyer

    @property
    def replaced_by(self) -> "Offer | None":
        """The version that was sent in its place; reads prefetched successors without a query."""
        return next((after for after in self.successors.all() if after.state != OfferState.DRAFT), None)

    @property
    def typed(self) -> DraftTerms:
        """What its author typed so far."""
        return DraftTerms.from_json(self.draft_terms)
