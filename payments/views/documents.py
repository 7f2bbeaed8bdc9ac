"""One's own invoices, credit notes and statements: the list, the page, the PDF (R-PAY-6)."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from payments.documents import documents_of, find_document
from payments.enums import DocumentKind
from payments.sheets import pdf_response, sheet_of

PER_PAGE = 20


@never_cache
@login_required
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """One's own papers, the newest first; `?kind=` shows one kind."""
    own = documents_of(cast(User, request.user))
    kind = request.GET.get("kind", "")
    chosen = kind if kind in DocumentKind.values else ""
    page = Paginator(own.filter(kind=chosen) if chosen else own, PER_PAGE).get_page(request.GET.get("page"))
    kinds = set(own.order_by().values_list("kind", flat=True).distinct())
    context = {"page": page, "chosen": chosen, "kinds": [each for each in DocumentKind if each in kinds]}
    return render(request, "payments/documents/list.html", context)


@never_cache
@login_required
@require_safe
def document(request: HttpRequest, number: str) -> HttpResponse:
    found = find_document(user=cast(User, request.user), number=number)
    return render(request, "payments/documents/document.html", {"document": found, "sheet": sheet_of(found)})


@never_cache
@login_required
@require_safe
def document_pdf(request: HttpRequest, number: str) -> FileResponse:
    return pdf_response(find_document(user=cast(User, request.user), number=number))
