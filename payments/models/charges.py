"""A charge is what a buyer owes for one thing; an attempt is one try to collect it at the provider.

Amounts are integer minor units. An attempt's `params` are frozen when it is first sent, so that a repeat under the same
idempotency key is the same request to the byte.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from marketplace.kernel.identifiers import new_public_id
from marketplace.kernel.money import Money
from payments.enums import UNCLOSED, AttemptMode, AttemptState, ChargeState, Outcome
from payments.models.guards import no_delete, starts_in
from payments.models.methods import SavedMethod
from payments.transitions import CHARGE, INITIAL, edges_of


def new_charge_id() -> str:
    return new_public_id("chg")


class Charge(models.Model):
    """What is owed: the seller's price `amount` plus the buyer's `fee`.

    `reference` and `group` belong to the app that opened it and mean nothing here. Who pays what to whom never changes;
    the state moves along `payments.transitions.CHARGE` only.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_charge_id, editable=False)
    payer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="charges_paid")
    payee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="charges_earned")
    reference = models.CharField(max_length=64)
    group = models.CharField(max_length=64, db_index=True)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200)
    method = models.ForeignKey(SavedMethod, null=True, blank=True, on_delete=models.PROTECT, related_name="charges")
    state = models.CharField(max_length=16, choices=ChargeState, db_index=True)
    created_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True, help_text="When what was left became the seller’s.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When a sweep may look again.")

    message = models.CharField(max_length=300, blank=True, help_text="The last refusal, in words for the buyer.")
    code = models.CharField(max_length=80, blank=True)
    remedy = models.CharField(max_length=12, blank=True, help_text="What can help after the last refusal.")
    method_refused = models.BooleanField(
        default=False, help_text="This method can’t be charged again, or not before the buyer entered it anew."
    )
    method_label = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True, default=Outcome.NONE)
    outcome_number = models.PositiveIntegerField(default=0)
    announced_at = models.DateTimeField(null=True, blank=True)
    announce_tries = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(state=ChargeState.WITHDRAWN), name="charge_one_live_per_reference"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, fee__gte=0), name="charge_amount_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="charge_currency_iso"),
            models.CheckConstraint(condition=~Q(payer=F("payee")), name="charge_between_two_people"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["announce_tries", "id"],
                condition=Q(announced_at__isnull=True) & ~Q(outcome=""),
                name="charge_to_announce",
            )
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="charge_edges", field="state", transitions=edges_of(CHARGE)),
            starts_in("charge", INITIAL),
            pgtrigger.ReadOnly(
                name="charge_terms_fixed",
                fields=[
                    "public_id", "payer", "payee", "reference", "group", "amount", "fee", "currency", "description",
                ],
            ),
            no_delete("charge"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.public_id} {self.total_money} {self.state}"

    @property
    def total(self) -> int:
        """What the bank is asked for, in minor units."""
        return self.amount + self.fee

    @property
    def total_money(self) -> Money:
        return Money(self.total, self.currency)


class ChargeAttempt(models.Model):
    """One try. LIVE: something exists at the provider that could take money, so no second one may."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=10, choices=AttemptMode)
    state = models.CharField(max_length=12, choices=AttemptState, default=AttemptState.QUEUED)
    idempotency_key = models.CharField(max_length=80, unique=True)
    params = models.JSONField(default=dict)
    payment_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    provider_charge_id = models.CharField(
        max_length=64, unique=True, null=True, blank=True, help_text="What transfers and disputes name as their source."
    )
    checkout_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    checkout_url = models.TextField(blank=True)
    checkout_expires_at = models.DateTimeField(null=True, blank=True)
    provider_fee = models.BigIntegerField(null=True, blank=True)
    tries = models.PositiveIntegerField(
        default=0, help_text="Leases taken (the fence against a late worker), or pages refused."
    )
    first_sent_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="The lease that sent its key last.")
    leased_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(help_text="The end of a lease, or when to try or look again.")
    surplus_told_at = models.DateTimeField(null=True, blank=True, help_text="When the buyer heard that it goes back.")
    surplus_tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["charge", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["charge", "number"], name="attempt_number"),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(state=AttemptState.LIVE), name="attempt_one_live_per_charge"
            ),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(state=AttemptState.QUEUED), name="attempt_one_queued_per_charge"
            ),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(state=AttemptState.SUCCEEDED), name="attempt_one_capture_per_charge"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=[state.value for state in sorted(UNCLOSED)]),
                name="attempt_due",
            )
        ]  # fmt: skip
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="attempt_key_fixed", fields=["charge", "number", "mode", "idempotency_key"]),
            no_delete("attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.charge_id}/{self.number} {self.mode} {self.state}"
