"""The one place that speaks to Stripe: `default_gateway()` answers the protocol of `payments.gateway`.

No other package imports `stripe`. Parts: `client` (how the SDK is set up), `gateway` (the calls, with `refunds`,
`sellers`, `transfers`, `disputes` and `records`), `calling` (what they share), `guard` (no network in a transaction),
`failures` (exceptions), `declines` (words for the buyer), `snapshots` (objects to values), `signatures` (webhooks),
`wiring` (the gateway of this process).
"""

from payments.stripe_gateway.gateway import StripeGateway
from payments.stripe_gateway.wiring import default_gateway, install_gateway

__all__ = ["StripeGateway", "default_gateway", "install_gateway"]
