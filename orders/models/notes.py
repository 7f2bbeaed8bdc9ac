"""What people write down about an order beside its conversation (R-ORD-15); no note ever moves an order."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.kernel.identifiers import new_public_id
from orders.enums import Role
from orders.models.orders import Order


def new_order_note_id() -> str:
    return new_public_id("ono")


class OrderNote(models.Model):
    """Words of one person, read by the people of their `side` alone or, once shared, by both sides."""

    public_id = models.CharField(max_length=32, unique=True, default=new_order_note_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Role)
    is_shared = models.BooleanField(default=False)
    body = models.TextField(max_length=2000)
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-written_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="order_note_of_a_side", condition=Q(side__in=[Role.BUYER, Role.SELLER]))
        ]

    def __str__(self) -> str:
        return self.body[:60]
