"""A buyer's bank takes a charge back, or asks about it (R-PAY-7). Integer minor units; instants are UTC."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.kernel.identifiers import new_public_id
from marketplace.kernel.money import Money
from payments.enums import DisputeOutcome, DisputeState, EvidenceState, RefundKind
from payments.models.charges import Charge, ChargeAttempt
from payments.models.guards import no_delete, not_beyond_capture, starts_in
from payments.transitions import DISPUTE, OPEN_DISPUTE, edges_of


def new_dispute_id() -> str:
    return new_public_id("dsp")


class Dispute(models.Model):
    """One chargeback or inquiry about one charge. It moves as the provider says; money moves by its own books.

    `withdrawn` and `reinstated` are what left and came back to our balance. Once lost, `kind` says where the charge's
    money stood and the parts how the sum divided.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_dispute_id, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="disputes")
    attempt = models.ForeignKey(ChargeAttempt, on_delete=models.PROTECT, related_name="disputes")
    provider_id = models.CharField(max_length=64, unique=True)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField(default=0, help_text="The provider's fee for it, kept whoever wins.")
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=60)
    state = models.CharField(max_length=16, choices=DisputeState, db_index=True)
    withdrawn = models.BigIntegerField(default=0)
    reinstated = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=RefundKind, blank=True)
    price_part = models.BigIntegerField(default=0)
    fee_part = models.BigIntegerField(default=0)
    commission_part = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    evidence_due = models.DateTimeField(null=True, blank=True)
    evidence = models.JSONField(default=dict, blank=True, help_text="Texts by the provider’s names; fixed once sent.")
    summary = models.TextField(blank=True, max_length=5000, help_text="What an agent wrote for the evidence.")
    evidence_state = models.CharField(max_length=10, choices=EvidenceState, default=EvidenceState.DRAFT)
    evidence_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    evidence_tries = models.PositiveIntegerField(default=0, help_text="Leases taken to send it.")
    evidence_sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True, help_text="Why nothing of it is booked, or could be sent.")
    due_at = models.DateTimeField(help_text="When a sweep may look again.")
    outcome = models.CharField(max_length=10, choices=DisputeOutcome, blank=True, default=DisputeOutcome.NONE)
    outcome_number = models.PositiveIntegerField(default=0)
    announced_at = models.DateTimeField(null=True, blank=True)
    announce_tries = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0, fee__gte=0), name="dispute_amount_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="dispute_currency_iso"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="dispute_edges", field="state", transitions=edges_of(DISPUTE)),
            starts_in("dispute", OPEN_DISPUTE),
            not_beyond_capture("dispute"),
            pgtrigger.ReadOnly(
                name="dispute_terms_fixed", fields=["public_id", "charge", "attempt", "provider_id", "currency"]
            ),
            no_delete("dispute"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.money} {self.state}"

    @property
    def reason_words(self) -> str:
        """The bank's reason, as a person reads it."""
        return self.reason.replace("_", " ").capitalize()

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
