"""The books: append-only double entry, balanced by the database at every commit (R-PAY-4).

Postings are integer minor units: positive is debit, negative is credit. An account's kept balance is the sum of its
postings, written by a trigger; a CHECK refuses the overdraft of any account that holds somebody's money.
"""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from payments.enums import DEBIT_ACCOUNTS, OVERDRAWABLE, AccountKind, EntryKind
from payments.models.guards import append_only

_DEBIT = sorted(kind.value for kind in DEBIT_ACCOUNTS)
_OVERDRAWABLE = sorted(kind.value for kind in OVERDRAWABLE)


class LedgerAccount(models.Model):
    """One account of a kind. `dimension` is a group, a person's public id, or nothing."""

    kind = models.CharField(max_length=24, choices=AccountKind)
    dimension = models.CharField(max_length=64, blank=True)
    currency = models.CharField(max_length=3)
    balance = models.BigIntegerField(default=0, help_text="Kept by a trigger; debit is positive.")

    class Meta:
        ordering: ClassVar = ["kind", "dimension", "currency"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "dimension", "currency"], name="account_once"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="account_currency_iso"),
            models.CheckConstraint(
                name="account_not_overdrawn",
                condition=Q(kind__in=_OVERDRAWABLE)
                | Q(kind__in=_DEBIT, balance__gte=0)
                | (~Q(kind__in=_DEBIT) & Q(balance__lte=0)),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="account_opens_empty", operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__balance=0)
            ),
            pgtrigger.ReadOnly(name="account_name_fixed", fields=["kind", "dimension", "currency"]),
            pgtrigger.Trigger(
                name="account_balance_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__balance__df=pgtrigger.F("new__balance")),
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'a balance is kept by its postings' USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            *append_only("account")[1:],
            pgtrigger.Protect(name="account_no_delete", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """ "held:ord_4k0w… USD" """
        name = f"{self.kind}:{self.dimension}" if self.dimension else self.kind
        return f"{name} {self.currency}"


class JournalEntry(models.Model):
    """One event in the life of money. `source` names it and is unique, so that no event is booked twice."""

    source = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=24, choices=EntryKind)
    group = models.CharField(max_length=64, db_index=True)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name_plural = "journal entries"
        triggers: ClassVar = [
            *append_only("entry"),
            pgtrigger.Trigger(
                name="entry_has_postings",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM payments_posting WHERE entry_id = NEW.id) THEN
                        RAISE EXCEPTION 'entry % has no postings', NEW.source USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}"


class Posting(models.Model):
    """One line of an entry: minor units, debit positive, credit negative."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings")
    amount = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero"),
            models.UniqueConstraint(fields=["entry", "account"], name="posting_once_per_account"),
        ]
        triggers: ClassVar = [
            *append_only("posting"),
            pgtrigger.Trigger(
                name="posting_moves_balance",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE payments_ledgeraccount SET balance = balance + NEW.amount
                    WHERE id = NEW.account_id
                      AND currency = (SELECT currency FROM payments_journalentry WHERE id = NEW.entry_id);
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'posting in another currency than its entry'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="posting_sums_to_zero",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF (SELECT sum(amount) FROM payments_posting WHERE entry_id = NEW.entry_id) <> 0 THEN
                        RAISE EXCEPTION 'entry % does not sum to zero', NEW.entry_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+d}"
