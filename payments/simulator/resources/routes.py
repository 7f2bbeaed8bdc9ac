"""The addresses of the API that are simulated."""

import re
from collections.abc import Callable

from payments.simulator.desk import Desk
from payments.simulator.errors import ApiError
from payments.simulator.resources import (
    accounts,
    checkout_sessions,
    customers,
    disputes,
    payment_intents,
    payment_methods,
    records,
    refunds,
    transfers,
)
from payments.simulator.wire import Json, Request

Handler = Callable[..., Json]

_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/v1/account_links", accounts.link),
    ("POST", "/v1/accounts", accounts.create),
    ("GET", "/v1/accounts/{}", accounts.retrieve),
    ("POST", "/v1/accounts/{}/login_links", accounts.login),
    ("GET", "/v1/balance", records.balance),
    ("GET", "/v1/balance_transactions", records.list_balance_transactions),
    ("GET", "/v1/charges/{}", records.retrieve_charge),
    ("POST", "/v1/checkout/sessions", checkout_sessions.create),
    ("GET", "/v1/checkout/sessions/{}", checkout_sessions.retrieve),
    ("POST", "/v1/checkout/sessions/{}/expire", checkout_sessions.expire),
    ("POST", "/v1/customers", customers.create),
    ("GET", "/v1/customers/{}", customers.retrieve),
    ("POST", "/v1/customers/{}", customers.update),
    ("GET", "/v1/disputes/{}", disputes.retrieve),
    ("POST", "/v1/disputes/{}", disputes.update),
    ("GET", "/v1/events", records.list_events),
    ("GET", "/v1/events/{}", records.retrieve_event),
    ("GET", "/v1/payment_intents", payment_intents.find_all),
    ("POST", "/v1/payment_intents", payment_intents.create),
    ("GET", "/v1/payment_intents/{}", payment_intents.retrieve),
    ("POST", "/v1/payment_intents/{}/cancel", payment_intents.cancel),
    ("POST", "/v1/payment_intents/{}/confirm", payment_intents.confirm),
    ("GET", "/v1/payment_methods/{}", payment_methods.retrieve),
    ("POST", "/v1/payment_methods/{}/detach", payment_methods.detach),
    ("GET", "/v1/refunds", refunds.find_all),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds/{}", refunds.retrieve),
    ("GET", "/v1/transfers", transfers.find_all),
    ("POST", "/v1/transfers", transfers.create),
    ("GET", "/v1/transfers/{}", transfers.retrieve),
    ("GET", "/v1/transfers/{}/reversals", transfers.find_reversals),
    ("POST", "/v1/transfers/{}/reversals", transfers.reverse),
)
_PATTERNS = [(method, re.compile(path.replace("{}", r"([A-Za-z0-9_]+)")), handler) for method, path, handler in _ROUTES]


def route(request: Request) -> Callable[[Desk], Json]:
    """The handler of `request`; ApiError 404 for an address that Stripe, or the simulator, doesn't have."""
    for method, pattern, handler in _PATTERNS:
        if method == request.method and (found := pattern.fullmatch(request.path)):
            ids = found.groups()
            return lambda desk, handler=handler, ids=ids: handler(desk, *ids)  # type: ignore[misc]
    raise ApiError(404, f"Unrecognized request URL ({request.method}: {request.path}).")
