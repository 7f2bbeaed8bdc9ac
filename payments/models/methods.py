"""Who a user is at the payment provider, and the methods kept there for later charges (R-PAY-1)."""

from datetime import UTC, datetime
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from payments.enums import MethodState


class ProviderCustomer(models.Model):
    """One customer at the provider per user; the idempotency key is made from the user's public id."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="provider_customer")
    stripe_id = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.stripe_id


class SavedMethod(models.Model):
    """A payment method that the buyer agreed to keep for off-session use. Nothing secret is here.

    A removed one keeps its row, for the charges that it paid. DETACHED is final: a card kept again is a new one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_methods")
    stripe_id = models.CharField(max_length=64, unique=True)
    brand = models.CharField(max_length=40)
    last4 = models.CharField(max_length=4, blank=True)
    exp_month = models.PositiveSmallIntegerField(null=True, blank=True)
    exp_year = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=MethodState, default=MethodState.ACTIVE)
    tries = models.PositiveIntegerField(default=0, help_text="How often the provider was asked to forget it.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When to ask the provider to forget it.")

    class Meta:
        ordering: ClassVar = ["-last_used_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state=MethodState.DETACHING) | Q(due_at__isnull=False), name="method_detaching_is_due"
            )
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="method_edges",
                field="state",
                transitions=[
                    (MethodState.ACTIVE.value, MethodState.DETACHING.value),
                    (MethodState.ACTIVE.value, MethodState.DETACHED.value),  # at the provider
                    (MethodState.DETACHING.value, MethodState.DETACHED.value),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the buyer calls it: "Visa •••• 4242"."""
        return method_label(brand=self.brand, last4=self.last4)

    @property
    def looks(self) -> object:
        """The same for cards that nobody can tell apart, as each payment keeps its card anew."""
        return (self.label, self.expiry) if self.last4 else self.pk

    @property
    def is_active(self) -> bool:
        return self.state == MethodState.ACTIVE

    @property
    def expiry(self) -> str:
        """ "12/2028", as it stands on the card; "" for what doesn't expire."""
        return f"{self.exp_month:02d}/{self.exp_year}" if self.exp_month and self.exp_year else ""

    @property
    def expires_at(self) -> datetime | None:
        """The first instant after its last month; None for what doesn't expire."""
        if self.exp_year is None or self.exp_month is None:
            return None
        year, month = divmod(self.exp_year * 12 + self.exp_month, 12)
        return datetime(year, month + 1, 1, tzinfo=UTC)


def method_label(*, brand: str, last4: str) -> str:
    """ "Visa •••• 4242", or the name of a method that has no number."""
    name = brand.replace("_", " ").title()
    return f"{name} •••• {last4}" if last4 else name
