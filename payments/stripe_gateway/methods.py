"""Saved payment methods."""

import stripe

from payments.gateway import MethodSnapshot
from payments.stripe_gateway.calling import Calling
from payments.stripe_gateway.snapshots import method_snapshot


class MethodCalls(Calling):
    def get_method(self, method_id: str) -> MethodSnapshot:
        with self._calling() as v1:
            return method_snapshot(v1.payment_methods.retrieve(method_id).to_dict())

    def detach_method(self, method_id: str) -> None:
        """A refusal means that it is attached to nobody any more, which is what was wanted."""
        with self._calling() as v1:
            try:
                v1.payment_methods.detach(method_id)
            except stripe.InvalidRequestError as error:
                if error.http_status == 404 or error.code:
                    raise
