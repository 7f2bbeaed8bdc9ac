"""Money to sellers' accounts, and back."""

from stripe.params import TransferCreateParams

from payments.gateway import ReversalSnapshot, TransferSnapshot
from payments.stripe_gateway.calling import PAGE_OF_LIST, Calling
from payments.stripe_gateway.snapshots import reversal_snapshot, transfer_snapshot


class TransferCalls(Calling):
    def transfer(
        self, *, transfer_ref: str, account_id: str, amount: int, currency: str, source_charge_id: str, group: str,
        idempotency_key: str,
    ) -> TransferSnapshot:  # fmt: skip
        """Tied to its charge it needs no available balance: it is made at once, and paid when the charge is."""
        params: TransferCreateParams = {
            "amount": amount,
            "currency": currency.lower(),
            "destination": account_id,
            "metadata": {"transfer_ref": transfer_ref, "group": group},
            "transfer_group": group,
        }
        if source_charge_id:
            params["source_transaction"] = source_charge_id
        with self._calling() as v1:
            transfer = v1.transfers.create(params=params, options={"idempotency_key": idempotency_key})
            return transfer_snapshot(transfer.to_dict())

    def get_transfer(self, transfer_id: str) -> TransferSnapshot:
        with self._calling() as v1:
            return transfer_snapshot(v1.transfers.retrieve(transfer_id).to_dict())

    def find_transfers(self, *, transfer_ref: str, group: str) -> list[TransferSnapshot]:
        """Those of a group that carry our mark; every one of it with `transfer_ref` empty."""
        with self._calling() as v1:
            page = v1.transfers.list(params={"transfer_group": group, "limit": PAGE_OF_LIST})
            snapshots = [transfer_snapshot(transfer.to_dict()) for transfer in page.auto_paging_iter()]
        return [each for each in snapshots if transfer_ref in ("", each.metadata.get("transfer_ref"))]

    def reverse_transfer(
        self, *, reversal_ref: str, transfer_id: str, amount: int, idempotency_key: str
    ) -> ReversalSnapshot:
        with self._calling() as v1:
            reversal = v1.transfers.reversals.create(
                transfer_id,
                params={"amount": amount, "metadata": {"reversal_ref": reversal_ref}},
                options={"idempotency_key": idempotency_key},
            )
            return reversal_snapshot(reversal.to_dict())

    def find_reversals(self, *, reversal_ref: str, transfer_id: str) -> list[ReversalSnapshot]:
        with self._calling() as v1:
            page = v1.transfers.reversals.list(transfer_id, params={"limit": PAGE_OF_LIST})
            snapshots = [reversal_snapshot(reversal.to_dict()) for reversal in page.auto_paging_iter()]
        return [each for each in snapshots if reversal_ref in ("", each.metadata.get("reversal_ref"))]
