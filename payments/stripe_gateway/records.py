"""What Stripe remembers: the lines of our balance, and its events."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from payments.gateway import BalanceTransaction, GatewayEvent
from payments.stripe_gateway import signatures
from payments.stripe_gateway.calling import PAGE_OF_LIST, Calling
from payments.stripe_gateway.snapshots import balance_transaction


class RecordCalls(Calling):
    def list_balance_transactions(self, *, since: datetime) -> Iterator[BalanceTransaction]:
        """A page is fetched when it is reached: a failure may come out of the middle of the loop."""
        with self._calling() as v1:
            page = v1.balance_transactions.list(
                params={"created": {"gte": int(since.timestamp())}, "limit": PAGE_OF_LIST}
            )
            for line in page.auto_paging_iter():
                yield balance_transaction(line.to_dict())

    def list_events(self, *, since: datetime) -> list[GatewayEvent]:
        """Our own only: Stripe does not list those of connected accounts here."""
        with self._calling() as v1:
            page = v1.events.list(params={"created": {"gte": int(since.timestamp())}, "limit": PAGE_OF_LIST})
            return [signatures.event_of(event.to_dict()) for event in page.auto_paging_iter()]

    def parse_event(self, *, body: bytes, signature: str, secrets: Sequence[str], now: datetime) -> GatewayEvent:
        """No network: it may be called inside a transaction."""
        signatures.verify(body=body, signature=signature, secrets=secrets, now=now)
        return signatures.read_event(body)
