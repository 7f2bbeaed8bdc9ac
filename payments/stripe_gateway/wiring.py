"""The gateway of this process."""

import os

from payments.gateway import PaymentGateway
from payments.stripe_gateway.client import build_client
from payments.stripe_gateway.gateway import StripeGateway

_gateways: dict[int, PaymentGateway] = {}


def default_gateway() -> PaymentGateway:
    """The gateway of this process, built at first use: a forked worker doesn't share its parent's sockets."""
    process = os.getpid()
    if process not in _gateways:
        _gateways[process] = StripeGateway(client=build_client())
    return _gateways[process]


def install_gateway(gateway: PaymentGateway | None) -> None:
    """Put `gateway` in the place of this process's one; None forgets it, so that the next use builds it anew."""
    _gateways.pop(os.getpid(), None)
    if gateway is not None:
        _gateways[os.getpid()] = gateway
