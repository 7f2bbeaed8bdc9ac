"""Payments in the admin, to be read: nobody edits a state or a line of the books by hand (R-SUP-5)."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from marketplace.web import instants
from marketplace.web.desk import ReadOnly
from payments.enums import AuditKind
from payments.models import (
    Audit,
    Charge,
    ChargeAttempt,
    Document,
    JournalEntry,
    LedgerAccount,
    Posting,
    Refund,
    WebhookEvent,
)


class AttemptInline(ReadOnly, admin.TabularInline[ChargeAttempt, Charge]):
    model = ChargeAttempt
    fields = ("number", "mode", "state", "payment_id", "checkout_id", "tries", "sent_at", "due_at")
    extra = 0


class RefundInline(ReadOnly, admin.TabularInline[Refund, Charge]):
    model = Refund
    fields = ("public_id", "kind", "money", "state", "reason", "provider_id", "failure", "created_at")
    readonly_fields = ("public_id", "money")
    extra = 0


class PostingInline(ReadOnly, admin.TabularInline[Posting, JournalEntry]):
    model = Posting
    fields = ("account", "amount")
    extra = 0


@admin.register(Charge)
class ChargeAdmin(ReadOnly, admin.ModelAdmin[Charge]):
    """Found by number, person, or any id of Stripe (R-SUP-1)."""

    list_display = ("public_id", "payer", "payee", "total_money", "state", "outcome", "created_at")
    list_filter = ("state", "currency")
    list_select_related = ("payer", "payee")
    search_fields = (
        "public_id", "reference", "group", "payer__email", "payee__email",
        "attempts__payment_id", "attempts__checkout_id", "refunds__provider_id",
    )  # fmt: skip
    inlines: ClassVar = [AttemptInline, RefundInline]


@admin.register(Refund)
class RefundAdmin(ReadOnly, admin.ModelAdmin[Refund]):
    list_display = ("public_id", "charge", "kind", "money", "state", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("charge",)
    search_fields = ("public_id", "provider_id", "charge__public_id", "charge__group")


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnly, admin.ModelAdmin[JournalEntry]):
    list_display = ("source", "kind", "group", "currency", "at")
    list_filter = ("kind", "currency")
    search_fields = ("source", "group")
    inlines: ClassVar = [PostingInline]


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnly, admin.ModelAdmin[LedgerAccount]):
    list_display = ("kind", "dimension", "currency", "balance")
    list_filter = ("kind", "currency")
    search_fields = ("dimension",)


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnly, admin.ModelAdmin[WebhookEvent]):
    list_display = ("event_id", "type", "object_id", "state", "tries", "received_at")
    list_filter = ("state", "type")
    search_fields = ("event_id", "object_id")


@admin.register(Audit)
class AuditAdmin(ReadOnly, admin.ModelAdmin[Audit]):
    """What the checks of the money found last: the operator's page."""

    list_display = ("checked", "kind", "verdict", "compared", "ended_at")
    list_filter = ("kind",)
    date_hierarchy = "began_at"
    change_list_template = "admin/payments/audit/list.html"
    change_form_template = "admin/payments/audit/page.html"

    @admin.display(description="Checked", ordering="began_at")
    def checked(self, audit: Audit) -> str:
        return instants.tag(audit.began_at, instants.minute)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        last = [Audit.objects.filter(kind=kind).first() for kind in AuditKind]
        more = {"title": "Checks of the money", "last": list(zip(AuditKind, last, strict=True))}
        return super().changelist_view(request, (extra_context or {}) | more)


@admin.register(Document)
class DocumentAdmin(ReadOnly, admin.ModelAdmin[Document]):
    """Every paper as it was issued; nothing about it is ever changed (R-PAY-6)."""

    list_display = ("number", "kind", "person", "side", "money", "title", "issued_at")
    list_filter = ("kind", "side", "currency")
    list_select_related = ("person",)
    search_fields = ("number", "person__email", "group", "charge__public_id", "refund__public_id")
    date_hierarchy = "issued_at"
