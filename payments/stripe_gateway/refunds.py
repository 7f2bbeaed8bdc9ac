"""Money back to buyers."""

from payments.gateway import RefundSnapshot
from payments.stripe_gateway.calling import PAGE_OF_LIST, Calling
from payments.stripe_gateway.snapshots import refund_snapshot


class RefundCalls(Calling):
    def refund(self, *, refund_ref: str, payment_id: str, amount: int, idempotency_key: str) -> RefundSnapshot:
        with self._calling() as v1:
            refund = v1.refunds.create(
                params={
                    "payment_intent": payment_id,
                    "amount": amount,
                    "reason": "requested_by_customer",
                    "metadata": {"refund_ref": refund_ref},
                },
                options={"idempotency_key": idempotency_key},
            )
            return refund_snapshot(refund.to_dict())

    def get_refund(self, refund_id: str) -> RefundSnapshot:
        with self._calling() as v1:
            return refund_snapshot(v1.refunds.retrieve(refund_id).to_dict())

    def find_refunds(self, *, refund_ref: str, payment_id: str) -> list[RefundSnapshot]:
        with self._calling() as v1:
            page = v1.refunds.list(params={"payment_intent": payment_id, "limit": PAGE_OF_LIST})
            snapshots = [refund_snapshot(refund.to_dict()) for refund in page.auto_paging_iter()]
        return [each for each in snapshots if refund_ref in ("", each.metadata.get("refund_ref"))]
