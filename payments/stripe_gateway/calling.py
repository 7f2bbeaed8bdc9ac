"""What every call has in common: no open transaction, and failures in our words."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from payments.stripe_gateway.failures import translated
from payments.stripe_gateway.guard import refuse_open_transaction

PAGE_OF_LIST = 100


class Calling:
    """The base of the gateway's parts, one per noun."""

    def __init__(self, *, client: stripe.StripeClient) -> None:
        self._client = client

    @contextmanager
    def _calling(self) -> Iterator[stripe.V1Services]:
        refuse_open_transaction()
        with translated():
            yield self._client.v1
