"""The desk: orders in Django's admin, read whole, changed by nobody's hand (R-SUP-5)."""

from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from accounts.models import User
from accounts.selectors import sides_of
from inbox.models import Report
from marketplace.kernel import clock
from marketplace.web import instants
from marketplace.web.desk import ReadOnly
from marketplace.web.states import look_of
from orders.actors import stands_apart
from orders.errors import OwnMatter
from orders.models import Order
from payments.models import ConnectedAccount, Dispute
from support.selectors import (
    desk_of,
    dispute_desk_of,
    numbered_disputes,
    report_desk_of,
    search_orders,
    seller_desk_of,
)
from support.views import disputes as dispute_views
from support.views import orders as views
from support.views import refunds, reports, sellers

Row = TypeVar("Row", bound=Model)


class _Desk(ReadOnly, admin.ModelAdmin[Row]):
    """A model whose objects have a page of ours, `change_form_template`, which reads what `page` gives."""

    def page(self, request: HttpRequest, obj: Row) -> dict[str, object]:
        """Nothing but what Django's own page has."""
        return {}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, object],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Row | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context |= {"subtitle": None} | self.page(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(Order)
class OrderAdmin(_Desk[Order]):
    list_display = ("number", "title", "buyer", "seller", "standing", "placed")
    list_filter = ("state", "completion", "order_type")
    list_select_related = ("buyer", "seller")
    list_per_page = 50
    date_hierarchy = "created_at"
    search_fields = ("number",)
    search_help_text = "An order number, a person’s name or e-mail address, or a Stripe id (pi_…, cs_…, re_…)"
    change_form_template = "admin/orders/order/desk.html"
    ordering: ClassVar = ["-created_at", "-pk"]

    @admin.display(description="State", ordering="state")
    def standing(self, order: Order) -> str:
        """The state as everywhere on the site; a completed order says why."""
        if order.held_since:
            return _badge("on_hold", "On hold")
        return _badge(order.completion or order.state, order.get_completion_display() or order.get_state_display())

    @admin.display(description="Placed", ordering="created_at")
    def placed(self, order: Order) -> str:
        return instants.tag(order.created_at, instants.minute)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"title": "Orders"})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        return (search_orders(queryset, search_term) if search_term else queryset), False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/hold/", wrap(views.hold), name="orders_order_hold"),
            path("<int:pk>/cancel/", wrap(views.cancel), name="orders_order_cancel"),
            path("<int:pk>/milestones/<int:milestone_pk>/refund/", wrap(refunds.refund), name="orders_order_refund"),
            path("<int:pk>/refunds/<int:refund_pk>/settle/", wrap(refunds.settle), name="orders_order_settle"),
            path("<int:pk>/decisions/<int:decision_pk>/", wrap(refunds.decide), name="orders_order_decide"),
            path("<int:pk>/charges/<int:charge_pk>/compare/", wrap(views.compare), name="orders_order_compare"),
            path("<int:pk>/files/<slug:kind>/<str:key>/", wrap(views.download), name="orders_order_file"),
            *super().get_urls(),
        ]

    def page(self, request: HttpRequest, obj: Order) -> dict[str, object]:
        title = f"{obj.number}: {obj.title}"
        return {"desk": desk_of(obj, now=clock.now()), "title": title} | _acting(request, obj.buyer_id, obj.seller_id)


@admin.register(Dispute)
class DisputeAdmin(_Desk[Dispute]):
    """Chargebacks and inquiries, those that wait for us first, by the day on which our answer is due."""

    list_display = ("order_number", "sum", "standing", "answer", "due", "why")
    list_filter = ("state", "evidence_state")
    list_per_page = 50
    search_fields = ("public_id", "provider_id", "charge__public_id")
    search_help_text = "An id of ours or of Stripe’s (dsp_…, du_…, chg_…)"
    change_form_template = "admin/payments/dispute/desk.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        return numbered_disputes()

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Those that wait for us first, the most pressing at the top."""
        return ["turn", F("evidence_due").asc(nulls_last=True), "-pk"]

    @admin.display(description="Order")
    def order_number(self, dispute: Dispute) -> str:
        return str(getattr(dispute, "number", None) or dispute.charge.group)

    @admin.display(description="Sum", ordering="amount")
    def sum(self, dispute: Dispute) -> str:
        return str(dispute.money)

    @admin.display(description="The bank", ordering="state")
    def standing(self, dispute: Dispute) -> str:
        return _badge(dispute.state, dispute.get_state_display())

    @admin.display(description="Our answer", ordering="evidence_state")
    def answer(self, dispute: Dispute) -> str:
        return dispute.get_evidence_state_display()

    @admin.display(description="The bank’s reason", ordering="reason")
    def why(self, dispute: Dispute) -> str:
        return dispute.reason_words

    @admin.display(description="Answer until", ordering="evidence_due")
    def due(self, dispute: Dispute) -> str:
        return instants.tag(dispute.evidence_due, instants.minute) if dispute.closed_at is None else "decided"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"title": "Chargebacks"})

    def get_urls(self) -> list[URLPattern]:
        answer = self.admin_site.admin_view(dispute_views.answer)
        return [path("<int:pk>/answer/", answer, name="payments_dispute_answer"), *super().get_urls()]

    def page(self, request: HttpRequest, obj: Dispute) -> dict[str, object]:
        desk = dispute_desk_of(obj)
        sides = (desk.order.buyer_id, desk.order.seller_id) if desk.order else ()
        return {"desk": desk, "title": desk.title} | _acting(request, *sides)


def _acting(request: HttpRequest, *people: int) -> dict[str, object]:
    """Whether this agent may act in what is about `people`, and `own`: the words for whose own side is in it."""
    own = not stands_apart(cast(User, request.user), *people)
    return {"may_act": request.user.has_perm("orders.cancel") and not own, "own": OwnMatter.sentence if own else ""}


def _badge(state: str, label: str) -> str:
    look = look_of(state)
    return format_html('<span class="badge" data-state="{}" data-tone="{}">{}</span>', look.state, look.tone, label)


@admin.register(ConnectedAccount)
class ConnectedAccountAdmin(_Desk[ConnectedAccount]):
    """Where sellers are paid: what Stripe says of them, what waits, and a hold on all of it (R-SUP-4)."""

    list_display = ("user", "stripe_id", "country", "transfers_active", "disabled_reason", "refreshed_at")
    list_filter = ("transfers_active", "payouts_enabled")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name", "user__public_id", "stripe_id")
    search_help_text = "A name, an e-mail address or a Stripe id (acct_…)"
    change_form_template = "admin/payments/connectedaccount/desk.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"title": "Payouts to sellers"})

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        settle = wrap(sellers.settle)
        return [
            path("<int:pk>/hold/", wrap(sellers.hold), name="payments_connectedaccount_hold"),
            path("<int:pk>/anew/", wrap(sellers.anew), name="payments_connectedaccount_anew"),
            path("<int:pk>/payouts/<int:transfer_pk>/settle/", settle, name="payments_connectedaccount_settle"),
            *super().get_urls(),
        ]

    def page(self, request: HttpRequest, obj: ConnectedAccount) -> dict[str, object]:
        title = f"Payouts to {obj.user.display_name}"
        return {"desk": seller_desk_of(obj), "title": title} | _acting(request, obj.user_id)


@admin.register(Report)
class ReportAdmin(_Desk[Report]):
    """What people report of their conversations, the oldest that nobody has resolved at the top (R-OFR-1)."""

    list_display = ("public_id", "reason", "about", "reporter", "said", "resolved_by")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "reason")
    list_select_related = ("reporter", "resolved_by", "conversation__first", "conversation__second")
    list_per_page = 50
    search_fields = ("public_id", "reporter__name", "reporter__email", "words")
    search_help_text = "An id (rpt_…), who reported it, or words of the report"
    change_form_template = "admin/inbox/report/desk.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Nobody reads what is reported of themselves, or of whom they work for, nor decides about their own report."""
        sides = sides_of(cast(User, request.user))
        own = Q(conversation__first__in=sides) | Q(conversation__second__in=sides)
        return super().get_queryset(request).exclude(own)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("resolved_at").asc(nulls_first=True), "at", "pk"]

    @admin.display(description="About")
    def about(self, report: Report) -> str:
        return report.reported.display_name

    @admin.display(description="Reported", ordering="at")
    def said(self, report: Report) -> str:
        return instants.tag(report.at, instants.minute)

    def get_urls(self) -> list[URLPattern]:
        resolve = self.admin_site.admin_view(reports.resolve)
        return [path("<int:pk>/resolve/", resolve, name="inbox_report_resolve"), *super().get_urls()]

    def page(self, request: HttpRequest, obj: Report) -> dict[str, object]:
        title = f"{obj.reporter.display_name} reports {obj.reported.display_name}"
        return {"desk": report_desk_of(obj), "title": title, "may_act": request.user.has_perm("orders.cancel")}
