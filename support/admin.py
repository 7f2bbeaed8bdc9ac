"""The desk: orders in Django's admin, read whole, changed by nobody's hand (R-SUP-5)."""

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from orders.models import Order
from orders.services.ending import cancel, preview_cancellation
from payments.models import Charge
from payments.services.charging import refresh_charge
from support.forms import CancelForm, ReasonForm
from support.selectors import desk_of, search_orders


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin[Order]):
    list_display = ("number", "title", "buyer", "seller", "state", "completion", "created_at")
    list_filter = ("state", "completion", "order_type")
    list_select_related = ("buyer", "seller")
    date_hierarchy = "created_at"
    search_fields = ("number",)
    search_help_text = "Order number, a person’s name or e-mail, or a Stripe id (pi_…, cs_…, re_…)"
    change_form_template = "admin/orders/order/desk.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        return (search_orders(queryset, search_term) if search_term else queryset), False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/cancel/", wrap(self.cancel_view), name="orders_order_cancel"),
            path("<int:pk>/charges/<int:charge_pk>/refresh/", wrap(self.refresh_view), name="orders_order_refresh"),
            *super().get_urls(),
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, object],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Order | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context |= {
                "desk": desk_of(obj, now=clock.now()),
                "may_cancel": request.user.has_perm("orders.cancel"),
                "reason_form": ReasonForm(),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Fill in → see who gets what → confirm. Nothing moves before the confirmation."""
        agent = _agent(request)
        order = get_object_or_404(Order.objects.select_related("plan", "policy", "buyer", "seller"), pk=pk)
        form = CancelForm(request.POST or None)
        context: dict[str, object] = {
            **self.admin_site.each_context(request),
            "title": f"Cancel {order.number}",
            "order": order,
            "form": form,
            "opts": self.opts,
        }
        if request.method == "POST" and form.is_valid():
            try:
                if "confirm" in request.POST:
                    return self._confirm(request, order, form, agent)
                context["outcome"] = preview_cancellation(order=order, continue_after=form.continue_after)
            except DomainError as refusal:
                form.add_error(None, refusal.message)
        return TemplateResponse(request, "admin/orders/order/cancel.html", context)

    def _confirm(self, request: HttpRequest, order: Order, form: CancelForm, agent: User) -> HttpResponse:
        cancel(
            order=order,
            actor=agent,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            continue_after=form.continue_after,
        )
        _audit(agent, order, f"Cancelled: {form.cleaned_data['reason']}. {form.cleaned_data['note']}")
        messages.success(request, f"{order.number} is cancelled as shown. Both sides have been told.")
        return redirect(_desk_url(order))

    def refresh_view(self, request: HttpRequest, pk: int, charge_pk: int) -> HttpResponse:
        """Ask Stripe what became of a charge, and settle it (R-SUP-4)."""
        agent = _agent(request)
        order = get_object_or_404(Order, pk=pk)
        charge = get_object_or_404(Charge, pk=charge_pk, group=order.public_id)
        form = ReasonForm(request.POST)
        if request.method != "POST" or not form.is_valid():
            messages.error(request, "Say why you ask Stripe again.")
            return redirect(_desk_url(order))
        try:
            refresh_charge(charge=charge, now=clock.now())
            messages.success(request, f"{charge.public_id} has been compared with Stripe.")
        except DomainError as refusal:
            messages.error(request, refusal.message)
        _audit(agent, order, f"Compared {charge.public_id} with Stripe: {form.cleaned_data['reason']}")
        return redirect(_desk_url(order))


def _agent(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not request.user.has_perm("orders.cancel"):
        raise PermissionDenied
    return request.user


def _desk_url(order: Order) -> str:
    return reverse("admin:orders_order_change", args=[order.pk])


def _audit(agent: User, order: Order, message: str) -> None:
    LogEntry.objects.create(
        user=agent,
        content_type=ContentType.objects.get_for_model(Order),
        object_id=str(order.pk),
        object_repr=str(order),
        action_flag=CHANGE,
        change_message=message,
    )
