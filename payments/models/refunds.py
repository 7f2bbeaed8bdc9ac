"""Money on its way back to a buyer, all or a part, by the way it came (R-PAY-7)."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from marketplace.kernel.identifiers import new_public_id
from marketplace.kernel.money import Money
from payments.enums import RefundKind, RefundOrigin, RefundState
from payments.models.charges import Charge, ChargeAttempt
from payments.models.guards import no_delete, not_beyond_capture, starts_in
from payments.transitions import REFUND, edges_of


def new_refund_id() -> str:
    return new_public_id("rfd")


class Refund(models.Model):
    """A sum that goes back out of one capture: `amount` = `price_part` + `fee_part`, integer minor units.

    `kind` is where the money stood when it was asked for, `commission_part` the commission within `price_part`.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_refund_id, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey(ChargeAttempt, on_delete=models.PROTECT, related_name="refunds")
    kind = models.CharField(max_length=10, choices=RefundKind, default=RefundKind.HELD)
    origin = models.CharField(max_length=10, choices=RefundOrigin, default=RefundOrigin.OURS)
    amount = models.BigIntegerField()
    price_part = models.BigIntegerField(default=0)
    fee_part = models.BigIntegerField(default=0)
    commission_part = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=RefundState, default=RefundState.PENDING, db_index=True)
    idempotency_key = models.CharField(max_length=80, unique=True)
    provider_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    failure = models.CharField(max_length=120, blank=True)
    tries = models.PositiveIntegerField(default=0, help_text="Leases taken; fences off a worker that woke too late.")
    first_sent_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    told = models.CharField(max_length=12, choices=RefundState, blank=True, help_text="The last end that was told.")
    tell_tries = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(amount=models.F("price_part") + models.F("fee_part"))
                & Q(fee_part__gte=0, commission_part__gte=0, price_part__gte=models.F("commission_part")),
                name="refund_parts_add_up",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="refund_currency_iso"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="refund_edges", field="state", transitions=edges_of(REFUND)),
            starts_in("refund", [RefundState.PENDING, RefundState.PROCESSING]),
            not_beyond_capture("refund"),
            pgtrigger.ReadOnly(
                name="refund_terms_fixed",
                fields=["public_id", "charge", "attempt", "amount", "currency"],
            ),
            no_delete("refund"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.money} {self.state}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
