"""What the checks of the money found, kept so that an operator can look (docs/reconciliation.md)."""

from typing import ClassVar

from django.db import models

from payments.enums import AuditKind


class Audit(models.Model):
    """One check that was carried out. `findings` are words and integers (minor units); none when all is well."""

    kind = models.CharField(max_length=10, choices=AuditKind)
    began_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True, help_text="From when on lines of the balance were compared.")
    compared = models.PositiveIntegerField(default=0, help_text="Invariants asked, or movements compared.")
    findings = models.JSONField(default=list, blank=True)
    error = models.CharField(max_length=300, blank=True, help_text="Why it could not be carried out.")

    class Meta:
        ordering: ClassVar = ["-began_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.verdict}"

    @property
    def is_sound(self) -> bool:
        return not self.findings and not self.error

    @property
    def verdict(self) -> str:
        """In one line, for the operator."""
        if self.error:
            return "could not be carried out"
        return f"{len(self.findings)} differences" if self.findings else "all is well"
