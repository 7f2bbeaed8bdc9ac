"""Speaking to a simulator without the SDK."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from payments.simulator.core import Simulator
from payments.simulator.store import Store
from payments.simulator.wire import Json, Request, Response

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AUTHORISED = {"authorization": "Bearer sk_test_asking"}
SHOP = "https://milepost.example"


class Clock:
    """An instant that a test moves."""

    def __init__(self) -> None:
        self.instant = NOW

    def __call__(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)


class Asker:
    """A simulator with its clock, and short ways to ask it."""

    def __init__(self, log: Path | None = None) -> None:
        self.clock = Clock()
        self.naps: list[float] = []
        self.simulator = Simulator(clock=self.clock, store=Store(log), sleep=self.naps.append)

    def post(self, path: str, params: Json | None = None, *, key: str = "") -> Response:
        headers = AUTHORISED | ({"idempotency-key": key} if key else {})
        return self.simulator.handle(Request(method="POST", path=path, params=params or {}, headers=headers))

    def get(self, path: str, params: Json | None = None) -> Response:
        return self.simulator.handle(Request(method="GET", path=path, params=params or {}, headers=AUTHORISED))

    def customer(self) -> str:
        return str(self.post("/v1/customers", {"email": "b@example.com"}).body["id"])

    def page(self, **changes: Any) -> Json:
        """A new checkout session of 105.00 dollars that keeps the card."""
        params: Json = {
            "mode": "payment",
            "customer": self.customer(),
            "success_url": SHOP + "/back?session={CHECKOUT_SESSION_ID}",
            "cancel_url": SHOP + "/cancel",
            "line_items": [
                {
                    "quantity": "1",
                    "price_data": {"currency": "usd", "unit_amount": "10500", "product_data": {"name": "Rough cut"}},
                }
            ],
            "payment_intent_data": {"setup_future_usage": "off_session", "capture_method": "automatic"},
        }
        response = self.post("/v1/checkout/sessions", params | changes)
        assert response.status == 200, response.body
        return response.body

    def paid(self, scenario: str = "works") -> Json:
        """The payment intent of a page that was paid."""
        return self.simulator.pay(self.page()["id"], scenario)

    def intent(self, scenario: str = "works", *, amount: int = 8400) -> Json:
        """An unconfirmed intent of the saved card."""
        before = self.paid(scenario)
        params = {
            "amount": str(amount),
            "currency": "usd",
            "customer": before["customer"],
            "payment_method": before["payment_method"],
        }
        return self.post("/v1/payment_intents", params).body

    def confirm(self, intent: Json, *, key: str = "", **params: str) -> Response:
        return self.post(f"/v1/payment_intents/{intent['id']}/confirm", {"off_session": "true"} | params, key=key)

    def seller(self) -> str:
        """The id of a connected account that nobody has filled in."""
        params: Json = {
            "country": "US",
            "email": "s@example.com",
            "controller": {"losses": {"payments": "application"}, "stripe_dashboard": {"type": "express"}},
            "capabilities": {"transfers": {"requested": "true"}},
        }
        return str(self.post("/v1/accounts", params).body["id"])

    def event_types(self) -> list[str]:
        return [event["type"] for event in self.simulator.store.each("event")]
