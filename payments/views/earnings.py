"""A seller's earnings: where they are, when they come, and the same as a file (R-PAY-5). Managers read them."""

import csv

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.policies import working_for
from accounts.selectors import is_seller
from marketplace.kernel import clock
from notifications.services.reading import mark_read_about
from payments.earnings import transfers_of
from payments.presenters.earnings import csv_rows, earnings_page, rows_of

PER_PAGE = 20


@never_cache
@login_required
@require_safe
def earnings(request: HttpRequest) -> HttpResponse:
    user = working_for(request)
    if not is_seller(user):
        return redirect("accounts:sell")
    now = clock.now()
    view = earnings_page(user, currency=request.GET.get("currency", ""), now=now)
    transfers = transfers_of(user).filter(currency=view.sums.currency)
    page = Paginator(transfers, PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(list(page.object_list), user, now=now)
    if user == request.user:
        mark_read_about(reader=user, pages=[request.path], shown_at=now)
    return render(request, "payments/earnings.html", {"view": view, "page": page, "rows": rows})


@never_cache
@login_required
@require_safe
def earnings_csv(request: HttpRequest) -> HttpResponse:
    user = working_for(request)
    if not is_seller(user):
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="milepost-earnings.csv"'
    csv.writer(response).writerows(csv_rows(user, now=clock.now()))
    return response
