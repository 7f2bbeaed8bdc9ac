"""What two people say of each other after an order, each blind to the other's words until both are shown (R-ORD-17).

A review can be changed until it is revealed, and never afterwards, whoever asks: triggers hold that.
"""

from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from gigs.models import Gig
from marketplace.kernel.identifiers import new_public_id
from orders.enums import Role
from orders.models import Order

REVEAL_AFTER = timedelta(days=14)  # after completion, each day of 24 hours (R-ORD-17)
TEXT_LIMIT, REASON_LIMIT, ANSWER_LIMIT = 2000, 500, 1000
SIDES = [(side.value, side.label) for side in (Role.BUYER, Role.SELLER)]


def new_review_id() -> str:
    return new_public_id("rev")


class ReviewRound(models.Model):
    """The time in which the two sides of a completed order review each other. `revealed_at` ends it."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="review_round")
    closes_at = models.DateTimeField()
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["closes_at"], condition=Q(revealed_at=None), name="review_round_open"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="review_round_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"reviews of {self.order}"

    def is_open(self, now: datetime) -> bool:
        """Exclusive: at the instant itself the time has ended."""
        return self.revealed_at is None and now < self.closes_at


SAID = (
    "order_id",
    "author_id",
    "subject_id",
    "side",
    "gig_id",
    "stars",
    "text",
    "why_stopped",
    "written_at",
    "revealed_at",
)


def _fixed(name: str, columns: tuple[str, ...], condition: pgtrigger.Q, words: str) -> pgtrigger.Trigger:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=condition,
        func=f"IF ({new}) IS DISTINCT FROM ({old}) THEN RAISE EXCEPTION '{words}'; END IF; RETURN NEW;",
    )


class Review(models.Model):
    """What `author`, on `side` of the order, says of `subject`. `why_stopped` is read by support alone."""

    public_id = models.CharField(max_length=32, unique=True, default=new_review_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews_written")
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews_received")
    side = models.CharField(max_length=10, choices=SIDES)
    gig = models.ForeignKey(Gig, on_delete=models.PROTECT, null=True, related_name="reviews")
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=TEXT_LIMIT)
    why_stopped = models.CharField(max_length=REASON_LIMIT, blank=True)
    written_at = models.DateTimeField()
    revealed_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, max_length=ANSWER_LIMIT)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-revealed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "side"], name="review_once_a_side"),
            models.CheckConstraint(name="review_one_to_five_stars", condition=Q(stars__range=(1, 5))),
            models.CheckConstraint(name="review_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="review_answered_whole",
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, revealed_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["gig", "-revealed_at", "-id"], condition=Q(revealed_at__isnull=False), name="review_of_gig"
            ),
            models.Index(
                fields=["subject", "-revealed_at", "-id"],
                condition=Q(revealed_at__isnull=False),
                name="review_of_person",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="review_is_kept", operation=pgtrigger.Delete),
            _fixed(
                "revealed_review_is_fixed",
                SAID,
                pgtrigger.Q(old__revealed_at__isnull=False),
                "a revealed review never changes",
            ),
            _fixed(
                "review_answer_is_fixed",
                ("answer", "answered_at"),
                pgtrigger.Q(old__answered_at__isnull=False),
                "an answer is given once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars} stars from the {self.side} of {self.order}"
