"""Disputes: read as they stand, and answered once."""

from typing import cast

import stripe
from stripe.params import DisputeUpdateParamsEvidence

from payments.gateway import DisputeSnapshot, StateConflict
from payments.stripe_gateway.calling import Calling
from payments.stripe_gateway.snapshots import dispute_snapshot


class DisputeCalls(Calling):
    def get_dispute(self, dispute_id: str) -> DisputeSnapshot:
        with self._calling() as v1:
            return dispute_snapshot(v1.disputes.retrieve(dispute_id).to_dict())

    def submit_evidence(self, dispute_id: str, *, evidence: dict[str, str], idempotency_key: str) -> DisputeSnapshot:
        """StateConflict `dispute_not_open` when it has been answered or decided; re-read it then."""
        with self._calling() as v1:
            try:
                dispute = v1.disputes.update(
                    dispute_id,
                    params={"evidence": cast(DisputeUpdateParamsEvidence, evidence), "submit": True},
                    options={"idempotency_key": idempotency_key},
                )
            except stripe.InvalidRequestError as error:
                if error.http_status == 404 or error.code or error.param:
                    raise
                raise StateConflict("dispute_not_open", str(error)) from error
            return dispute_snapshot(dispute.to_dict())
