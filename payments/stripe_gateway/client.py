"""How the SDK is set up: our time-outs, our retries, no telemetry, the API version that the SDK pins."""

import stripe
from django.conf import settings

CONNECT_SECONDS, READ_SECONDS = 3.05, 30
RETRIES = 2  # StripeClient's own default is none; a retry repeats the idempotency key


def build_client(*, http_client: stripe.HTTPClient | None = None) -> stripe.StripeClient:
    """A client with its own sessions (one a thread). Build one per process, after the fork; never one per call."""
    stripe.enable_telemetry = False
    transport = http_client or stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS))
    client = stripe.StripeClient(settings.STRIPE_SECRET_KEY, http_client=transport, max_network_retries=RETRIES)
    if not settings.STRIPE_API_BASE:
        return client
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        http_client=transport,
        max_network_retries=RETRIES,
        base_addresses={"api": settings.STRIPE_API_BASE},
    )
