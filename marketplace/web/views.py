"""Pages that belong to no app, and the two health addresses."""

from email.utils import parseaddr

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/how.html")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Support reads what is written to the address that our mails come from."""
    return render(request, "pages/help.html", {"support_address": parseaddr(settings.DEFAULT_FROM_EMAIL)[1]})


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; only where nobody does business."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    from marketplace.web.styleguide import samples

    return render(request, "styleguide.html", samples())


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address where a page names no icon, as Django's admin does."""
    return redirect(static("img/icon.svg"))


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """This process reaches its database, so it may be sent people."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
