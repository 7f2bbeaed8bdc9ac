"""Papers about money: invoices, credit notes, statements (R-PAY-6). Written once, numbered without gaps."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.kernel.money import Money
from payments.enums import DocumentKind, StatementSide
from payments.models.charges import Charge
from payments.models.guards import append_only, no_delete
from payments.models.refunds import Refund


class DocumentSeries(models.Model):
    """The last number given for one kind in one year of UTC. Its row is the lock under which the next is taken."""

    kind = models.CharField(max_length=16, choices=DocumentKind)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["kind", "year"]
        verbose_name_plural = "document series"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "year"], name="series_once")]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="series_starts_at_nothing", operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__last_number=0)
            ),
            pgtrigger.Trigger(
                name="series_counts_by_one",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF NEW.kind <> OLD.kind OR NEW.year <> OLD.year OR NEW.last_number <> OLD.last_number + 1 THEN
                        RAISE EXCEPTION 'a series counts by one' USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            no_delete("series"),
            *append_only("series")[1:],
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last_number}"


class Document(models.Model):
    """One paper for one person. `content` is all that it says, as it was when it was issued; amounts are minor units.

    `source` names the event that it is about and is unique, so that no event has two papers. `entries` counts the
    lines of the journal that an order's statement tells, so that a later one shows it to be out of date.
    """

    number = models.CharField(max_length=24, unique=True)
    series = models.ForeignKey(DocumentSeries, on_delete=models.PROTECT, related_name="documents")
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=DocumentKind)
    source = models.CharField(max_length=120, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="documents")
    side = models.CharField(max_length=8, choices=StatementSide)
    group = models.CharField(max_length=64, blank=True, db_index=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    month = models.DateField(null=True, blank=True, help_text="The first day of the month that it is about.")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    entries = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200)
    total = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    content = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-issued_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "ordinal"], name="document_ordinal_once"),
            models.CheckConstraint(condition=Q(ordinal__gt=0), name="document_ordinal_counts_from_one"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="document_currency_iso"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "-issued_at", "-id"], name="document_of_person")]
        triggers: ClassVar = [*append_only("document")]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)

    @property
    def file_name(self) -> str:
        return f"{self.number}.pdf"
