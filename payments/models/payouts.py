"""Money on its way to a seller: the connected account, one transfer per charge, what is taken back, what is held.

Integer minor units; instants are UTC (R-PAY-5).
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from marketplace.kernel.identifiers import new_public_id
from marketplace.kernel.money import Money
from payments.enums import HoldKind, ReversalState, TransferState
from payments.models.charges import Charge
from payments.models.disputes import Dispute
from payments.models.guards import no_delete, starts_in
from payments.models.refunds import Refund
from payments.transitions import REVERSAL, TRANSFER, edges_of

GONE_REASON = "deauthorized"


def new_transfer_id() -> str:
    return new_public_id("trf")


def new_reversal_id() -> str:
    return new_public_id("trv")


class ConnectedAccount(models.Model):
    """Where a seller is paid: an account at the provider, which asks the seller for what it must know.

    `created_at` is when the seller began, or was let start anew: what came before is another account at the provider.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="connected_account")
    stripe_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    country = models.CharField(max_length=2)
    transfers_active = models.BooleanField(default=False)
    payouts_enabled = models.BooleanField(default=False)
    details_submitted = models.BooleanField(default=False)
    requirements_due = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    disabled_reason = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    refreshed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.stripe_id or f"account of {self.user_id}, not made yet"

    @property
    def is_gone(self) -> bool:
        """The provider has said that we have no such account any more."""
        return bool(self.stripe_id) and self.disabled_reason == GONE_REASON


class Transfer(models.Model):
    """The seller's part of one released charge. `amount` is what is left to send, fixed once it is requested.

    `netted` was kept for what the seller owed. Waits until `clears_at`, and while a hold stands or the seller can't be
    paid; `due_at` is when a sweep may look again.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_transfer_id, editable=False)
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="transfer")
    payee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfers")
    group = models.CharField(max_length=64, db_index=True)
    amount = models.BigIntegerField()
    netted = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    clears_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=TransferState, default=TransferState.WAITING, db_index=True)
    idempotency_key = models.CharField(max_length=80, unique=True)
    provider_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    failure = models.CharField(max_length=120, blank=True)
    tries = models.PositiveIntegerField(default=0, help_text="Leases taken; fences off a worker that woke too late.")
    first_sent_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    requested_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0, netted__gte=0), name="transfer_amounts_not_negative"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="transfer_currency_iso"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=~Q(state__in=[TransferState.SUCCEEDED.value, TransferState.CLOSED.value]),
                name="transfer_due",
            )
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="transfer_edges", field="state", transitions=edges_of(TRANSFER)),
            starts_in("transfer", [TransferState.WAITING]),
            pgtrigger.ReadOnly(
                name="transfer_terms_fixed", fields=["public_id", "charge", "payee", "group", "currency"]
            ),
            no_delete("transfer"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.money} {self.state}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class TransferReversal(models.Model):
    """Part of a sent transfer, taken back: for what a refund or a lost dispute left the seller owing, or in Stripe's
    own dashboard, and then it has neither cause.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_reversal_id, editable=False)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="reversals")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="reversal")
    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, null=True, blank=True, related_name="reversal")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=ReversalState, default=ReversalState.PENDING, db_index=True)
    idempotency_key = models.CharField(max_length=80, unique=True)
    provider_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    failure = models.CharField(max_length=120, blank=True)
    tries = models.PositiveIntegerField(default=0)
    first_sent_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_amount_positive"),
            models.CheckConstraint(
                condition=Q(refund__isnull=True) | Q(dispute__isnull=True), name="reversal_has_one_cause"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="reversal_edges", field="state", transitions=edges_of(REVERSAL)),
            starts_in("reversal", [ReversalState.PENDING, ReversalState.SUCCEEDED]),
            pgtrigger.ReadOnly(
                name="reversal_terms_fixed", fields=["public_id", "transfer", "refund", "dispute", "amount", "currency"]
            ),
            no_delete("reversal"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.money} {self.state}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class PayoutHold(models.Model):
    """While it stands nothing is sent: of one group, or to one seller. Never deleted; `lifted_at` ends it."""

    group = models.CharField(max_length=64, blank=True, db_index=True)
    payee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="payout_holds"
    )
    kind = models.CharField(max_length=12, choices=HoldKind)
    reference = models.CharField(max_length=64, blank=True, help_text="The dispute or case that it is for.")
    reason = models.CharField(max_length=300)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(~Q(group="") & Q(payee__isnull=True)) | (Q(group="") & Q(payee__isnull=False)),
                name="hold_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["group", "kind", "reference"], condition=Q(lifted_at__isnull=True) & ~Q(group=""),
                name="hold_once_per_group",
            ),
            models.UniqueConstraint(
                fields=["payee", "kind", "reference"], condition=Q(lifted_at__isnull=True), name="hold_once_per_payee"
            ),
        ]  # fmt: skip
        triggers: ClassVar = [no_delete("hold")]

    def __str__(self) -> str:
        return f"{self.kind} hold on {self.group or self.payee_id}"
