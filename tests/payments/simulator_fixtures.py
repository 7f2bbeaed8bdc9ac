"""`stripe`: a running simulator with our gateway wired to it, in-process. For every test that touches payments.

    def test_it(stripe, …):
        url = start_checkout(charge=charge, …)          # services find the gateway by default_gateway()
        stripe.pay(url)                                  # the buyer presses a button of the hosted page
        stripe.pay(url, scenario="works_then_declines")  # names: payments.simulator.cards.SCENARIOS
        stripe.deliver_webhooks()                        # posts what is due to /webhooks/stripe/ and …/connect/
        stripe.onboard(account_id)                       # the seller's papers: "in_order", "document", "refused"
        stripe.dispute(payment_id, amount=None, inquiry=False)   # the buyer's bank; stripe.close_dispute(id, won=True)
        stripe.refund_in_dashboard(payment_id, 2_000)    # in Stripe's own dashboard; stripe.fail_refund(refund_id)
        stripe.pay_out(amount=None, currency="USD")      # our own payout to our bank
        stripe.faults.add("lost_after", on="/confirm", times=3)   # kinds: payments.simulator.faults.Kind
        stripe.clock.advance(timedelta(hours=25))        # or stripe.clock.set(now)

The SDK makes three HTTP attempts before it gives up on a reset, a 5xx or a 409 (`times=3`), one on a 429, a truncated
reply or a page of HTML. `stripe.clock` follows `marketplace.kernel.clock` until it is set. When the test ends, every
request and every answer is held to Stripe's own description (tests/contract).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import stripe as sdk
from django.conf import settings
from django.test import Client
from django.urls import reverse

from marketplace.kernel import clock
from payments.simulator.actions import ACTIONS
from payments.simulator.core import Simulator
from payments.simulator.faults import Faults
from payments.simulator.transport import InProcessAdapter, session_to
from payments.simulator.webhooks import Courier, Endpoint, Sent, sign
from payments.simulator.wire import Json
from payments.stripe_gateway import StripeGateway, install_gateway
from payments.stripe_gateway.client import CONNECT_SECONDS, READ_SECONDS, build_client
from tests.contract.holding import problems_with


class SimulatorClock:
    """The simulator's time: the kernel's clock plus what was added, or the instant that was set."""

    def __init__(self) -> None:
        self._fixed: datetime | None = None
        self._added = timedelta()

    def __call__(self) -> datetime:
        return (self._fixed or clock.now()) + self._added

    def set(self, instant: datetime) -> None:
        self._fixed, self._added = instant, timedelta()

    def advance(self, by: timedelta) -> None:
        self._added += by


class Unhurried(sdk.RequestsClient):
    """The SDK's own transport, which between two tries doesn't wait."""

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0.0


class StripeDouble:
    """What the fixture gives."""

    def __init__(self) -> None:
        self.clock = SimulatorClock()
        self.simulator = Simulator(clock=self.clock, sleep=lambda seconds: None)
        session, self.adapter = session_to(self.simulator)
        transport = Unhurried(timeout=(CONNECT_SECONDS, READ_SECONDS), session=session)
        self.gateway = StripeGateway(client=build_client(http_client=transport))
        connect = Endpoint(secret=settings.STRIPE_CONNECT_WEBHOOK_SECRETS[0], send=self._post_connect)
        self.courier = Courier(
            simulator=self.simulator, secret=settings.STRIPE_WEBHOOK_SECRETS[0], send=self._post, connect=connect
        )

    @property
    def faults(self) -> Faults:
        return self.simulator.faults

    def pay(self, checkout: str, scenario: str = "works") -> Json:
        """Press a scenario's button on a hosted page, given by its URL or id; returns the payment intent."""
        return self.simulator.pay(checkout.rsplit("/", 1)[-1], scenario)

    def deliver_webhooks(self) -> list[Sent]:
        """Post the webhooks that are due to our two endpoints, each with its status."""
        return self.courier.deliver_due()

    def onboard(self, account_id: str, decision: str = "in_order") -> Json:
        """What Stripe decides about a seller (names: payments.simulator.onboarding.DECISIONS); the account after it."""
        return self._act("onboard", account=account_id, decision=decision)

    def deauthorize(self, account_id: str) -> Json:
        """The seller, or Stripe, ends our access to a connected account."""
        return self._act("deauthorize", account=account_id)

    def delete_customer(self, customer_id: str) -> Json:
        """Somebody deletes a customer in Stripe's own dashboard; the methods kept with it go too."""
        return self._act("delete_customer", customer=customer_id)

    def dispute(self, payment_id: str, *, amount: int | None = None, inquiry: bool = False) -> Json:
        """The buyer's bank takes a payment back, or asks about it; `amount` None: the whole. Returns the dispute."""
        kind = "inquiry" if inquiry else "chargeback"
        return self._act("dispute", charge=payment_id, amount=amount, kind=kind)

    def escalate_dispute(self, dispute_id: str) -> Json:
        """An inquiry becomes a chargeback."""
        return self._act("escalate_dispute", dispute=dispute_id)

    def close_dispute(self, dispute_id: str, *, won: bool = True) -> Json:
        """The bank decides; an inquiry is closed, whichever way."""
        return self._act("close_dispute", dispute=dispute_id, won=won)

    def refund_in_dashboard(self, payment_id: str, amount: int | None = None) -> Json:
        """Somebody refunds in Stripe's own dashboard; `amount` None: all that is left. Returns the refund."""
        return self._act("refund", charge=payment_id, amount=amount)

    def fail_refund(self, refund_id: str) -> Json:
        """The bank returns a refund, pending or succeeded: it ends failed."""
        return self._act("fail_refund", refund=refund_id)

    def pay_out(self, amount: int | None = None, currency: str = "USD") -> Json:
        """Our balance to our bank; `amount` None: all that is available (a charge's money is after two days)."""
        return self._act("pay_out", currency=currency, amount=amount)

    def objects(self, kind: str) -> list[Json]:
        """All objects of a kind ("payment_intent", "refund", "event" …) at Stripe, the oldest first."""
        return list(self.simulator.store.each(kind))

    def _act(self, action: str, **asked: object) -> Json:
        return self.simulator.act(f"/{action}", lambda desk: ACTIONS[action](desk, asked))

    def _post(self, body: bytes, _: str) -> int:
        return post_signed("payments:stripe_webhook", body, secret=settings.STRIPE_WEBHOOK_SECRETS[0])

    def _post_connect(self, body: bytes, _: str) -> int:
        return post_signed("payments:stripe_connect_webhook", body, secret=settings.STRIPE_CONNECT_WEBHOOK_SECRETS[0])


def post_signed(endpoint: str, body: bytes, *, secret: str) -> int:
    """Signed anew by our clock: a test may have set the simulator's to another time."""
    signature = sign(body, secret=secret, at=int(clock.now().timestamp()))
    response = Client().post(
        reverse(endpoint), data=body, content_type="application/json", headers={"stripe-signature": signature}
    )
    return response.status_code


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    double = StripeDouble()
    install_gateway(double.gateway)
    yield double
    install_gateway(None)
    hold_to_contract(double.adapter)


def hold_to_contract(adapter: InProcessAdapter) -> None:
    problems = problems_with(adapter.exchanges)
    assert not problems, "\n".join(problems)
