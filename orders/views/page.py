"""The order page, its news, and what has happened as a file."""

import csv
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from marketplace.web.kept import show_typed
from orders.models import Order
from orders.presenters.page import standing_of
from orders.presenters.story import tell
from orders.selectors import timeline_of
from orders.views.showing import find_order, find_view, show_order, signed_in

COLUMNS = ("at", "what", "who", "role", "milestone", "order_state", "milestone_state", "in_words")


@login_required
@show_typed
@never_cache
@require_safe
def order_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return show_order(request, public_id)


@login_required
@never_cache
@require_safe
def standing(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asked again and again while the bank is at work: nothing new (204), or look at the page anew."""
    now_at = standing_of(find_view(request, public_id))
    if now_at == request.GET.get("seen"):
        return HttpResponse(status=204)
    return HttpResponseClientRefresh()


@login_required
@require_safe
def timeline(request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
    """Everything that happened, oldest first, as CSV or JSON (R-ORD-14)."""
    order = find_order(request, public_id)
    rows = _rows(request, order)
    name = f"{order.number}-timeline.{kind}"
    response: HttpResponse
    if kind == "json":
        response = JsonResponse({"order": order.number, "timeline": rows}, json_dumps_params={"indent": 2})
    elif kind == "csv":
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        writer = csv.DictWriter(response, COLUMNS)
        writer.writeheader()
        writer.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def harmless(value: str) -> str:
    """Text that a spreadsheet would run as a formula is marked as text."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _rows(request: HttpRequest, order: Order) -> list[dict[str, Any]]:
    reader = signed_in(request)
    return [
        {
            "at": entry.at.isoformat(),
            "what": entry.name,
            "who": entry.actor.display_name if entry.actor else "",
            "role": entry.role,
            "milestone": entry.milestone.name if entry.milestone else "",
            "order_state": entry.order_state,
            "milestone_state": entry.milestone_state,
            "in_words": tell(entry, order=order, reader=reader).text,
        }
        for entry in reversed(timeline_of(order))
    ]
