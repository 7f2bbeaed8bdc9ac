"""What can only be read: charges, events, the balance and its transactions."""

from collections import defaultdict

from payments.simulator.desk import Desk, page_of
from payments.simulator.wire import Json


def retrieve_charge(desk: Desk, charge_id: str) -> Json:
    return desk.find("charge", charge_id)


def retrieve_event(desk: Desk, event_id: str) -> Json:
    return desk.find("event", event_id)


def list_events(desk: Desk) -> Json:
    """Filtered by `type`, `types` and `delivery_success` (was every webhook of it delivered?).

    Those of a connected account only with its id in the Stripe-Account header, as at Stripe.
    """
    params = desk.request.params
    types = set(params.get("types") or [params["type"]] if "type" in params or "types" in params else [])
    delivered = params.get("delivery_success")

    account = desk.request.headers.get("stripe-account", "")

    def keep(event: Json) -> bool:
        if event.get("account", "") != account:
            return False
        if types and event["type"] not in types:
            return False
        return delivered is None or (delivered == "true") == (event["pending_webhooks"] == 0)

    return page_of(desk, "event", "/v1/events", keep)


def list_balance_transactions(desk: Desk) -> Json:
    source, kind = desk.request.params.get("source"), desk.request.params.get("type")

    def keep(transaction: Json) -> bool:
        return source in (None, transaction["source"]) and kind in (None, transaction["type"])

    page = page_of(desk, "balance_transaction", "/v1/balance_transactions", keep)
    page["data"] = [_with_status(desk, transaction) for transaction in page["data"]]
    return page


def balance(desk: Desk) -> Json:
    sums: dict[str, dict[str, int]] = {"available": defaultdict(int), "pending": defaultdict(int)}
    for transaction in desk.store.each("balance_transaction"):
        sums[_with_status(desk, transaction)["status"]][transaction["currency"]] += transaction["net"]
    return {
        "object": "balance",
        "livemode": False,
        **{
            state: [
                {"amount": amount, "currency": currency, "source_types": {"card": amount}}
                for currency, amount in sorted(per_currency.items())
            ]
            for state, per_currency in sums.items()
        },
    }


def available(desk: Desk, currency: str) -> int:
    """Our balance that can be sent now, in minor units."""
    return sum(
        line["net"]
        for line in desk.store.each("balance_transaction")
        if line["currency"] == currency and line["available_on"] <= desk.now
    )


def _with_status(desk: Desk, transaction: Json) -> Json:
    return transaction | {"status": "available" if transaction["available_on"] <= desk.now else "pending"}
