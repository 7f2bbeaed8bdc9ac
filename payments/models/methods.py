"""Who a user is at the payment provider, and the methods kept there for later charges (R-PAY-1)."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class ProviderCustomer(models.Model):
    """One customer at the provider per user; the idempotency key is made from the user's public id."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="provider_customer")
    stripe_id = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.stripe_id


class SavedMethod(models.Model):
    """A payment method that the buyer agreed to keep for off-session use. Nothing secret is here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_methods")
    stripe_id = models.CharField(max_length=64, unique=True)
    brand = models.CharField(max_length=40)
    last4 = models.CharField(max_length=4, blank=True)
    exp_month = models.PositiveSmallIntegerField(null=True, blank=True)
    exp_year = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-last_used_at", "-pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the buyer calls it: "Visa •••• 4242"."""
        return method_label(brand=self.brand, last4=self.last4)


def method_label(*, brand: str, last4: str) -> str:
    """ "Visa •••• 4242", or the name of a method that has no number."""
    name = brand.replace("_", " ").title()
    return f"{name} •••• {last4}" if last4 else name
