"""What agents decide about the money of an order, alone or two together (R-SUP-2). Minor units; instants are UTC."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from marketplace.kernel.money import Money
from orders.enums import CancelReason
from orders.models import Milestone, Order
from support.enums import Act, Answer


class Decision(models.Model):
    """Done by one agent alone, up to the limit, or waits for a second, who confirms it as it was `shown` or turns it
    down; whoever asked may take it back.

    `total` is the sum that it decides about, `back` what of it goes to the buyer.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="decisions")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="decisions")
    act = models.CharField(max_length=10, choices=Act)
    total = models.BigIntegerField()
    back = models.BigIntegerField()
    continue_after = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, choices=CancelReason)
    note = models.TextField(max_length=2000)
    summary = models.CharField(max_length=400)
    shown = models.CharField(max_length=64)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=12, choices=Answer, default=Answer.WAITING)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(answer=Answer.WAITING), name="decision_one_waits_per_order"
            ),
            models.CheckConstraint(
                condition=~Q(answer=Answer.CONFIRMED) | ~Q(answered_by=F("asked_by")), name="decision_by_two_people"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="decision_answered_once",
                field="answer",
                transitions=[(Answer.WAITING.value, end.value) for end in (Answer.CONFIRMED, Answer.TURNED_DOWN)],
            ),
            pgtrigger.ReadOnly(
                name="decision_terms_fixed",
                fields=[
                    "order", "milestone", "act", "total", "back", "continue_after", "reason", "note", "shown",
                    "asked_by",
                ],
            ),
            pgtrigger.Protect(name="decision_no_delete", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.summary

    @property
    def total_money(self) -> Money:
        return Money(self.total, self.order.currency)
