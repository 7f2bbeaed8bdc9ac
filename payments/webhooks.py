"""Where the provider's events arrive: proved, stored, answered. Nothing is processed in the request.

Two addresses, each with its own secrets: our own events, and those of the sellers' connected accounts.
"""

from collections.abc import Sequence

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.kernel import clock
from payments.gateway import BadSignature
from payments.services.receiving import accepts_mode, store_event
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)

MOST_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """What happens to our own payments, refunds, transfers and disputes."""
    return _receive(request, secrets=settings.STRIPE_WEBHOOK_SECRETS, setting="STRIPE_WEBHOOK_SECRETS")


@csrf_exempt
@require_POST
def stripe_connect_webhook(request: HttpRequest) -> HttpResponse:
    """What happens to the accounts of sellers."""
    return _receive(request, secrets=settings.STRIPE_CONNECT_WEBHOOK_SECRETS, setting="STRIPE_CONNECT_WEBHOOK_SECRETS")


def _receive(request: HttpRequest, *, secrets: Sequence[str], setting: str) -> HttpResponse:
    """200 once stored (a repeat too), 400 unless the provider signed it, 413 over 256 KiB, 503 without a secret."""
    if not secrets:
        log.error("webhook_without_a_secret", hint=f"set {setting}")
        return HttpResponse(status=503)
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    now = clock.now()
    try:
        signature = request.headers.get("Stripe-Signature", "")
        event = default_gateway().parse_event(body=body, signature=signature, secrets=secrets, now=now)
    except (BadSignature, ValueError) as error:
        log.warning("webhook_refused", reason=str(error))
        return HttpResponse(status=400)
    if not accepts_mode(event):
        log.error("webhook_of_the_other_mode", event_id=event.id, livemode=event.livemode)
        return HttpResponse(status=400)
    store_event(event=event, now=now)
    return HttpResponse(status=200)


def _body(request: HttpRequest) -> bytes | None:
    """The raw body, or None when it is too big; what it claims of its own length is not believed."""
    try:
        body = request.read(MOST_BYTES + 1)
    except (UnreadablePostError, RawPostDataException):
        return None
    return None if len(body) > MOST_BYTES else body
