"""Webhooks: signed, repeated until they are heard, and everything that can go wrong with them."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from payments.simulator import onboarding
from payments.simulator.webhooks import WAITS, Courier
from payments.simulator.webhooks import Endpoint as Address
from payments.simulator.wire import Request
from tests.payments.simulator.asking import AUTHORISED, NOW, Asker


class Endpoint:
    """Hears webhooks and answers with `status`."""

    def __init__(self, asker: Asker) -> None:
        self.status = 200
        self.heard: list[tuple[bytes, str]] = []
        self.connected: list[tuple[bytes, str]] = []
        self.courier = Courier(
            simulator=asker.simulator,
            secret="whsec_1",
            send=self._hear,
            connect=Address(secret="whsec_2", send=self._hear_of_sellers),
        )

    def _hear(self, body: bytes, signature: str) -> int:
        self.heard.append((body, signature))
        return self.status

    def _hear_of_sellers(self, body: bytes, signature: str) -> int:
        self.connected.append((body, signature))
        return self.status

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.heard]


@pytest.fixture
def endpoint(asker: Asker) -> Endpoint:
    return Endpoint(asker)


def test_each_event_is_sent_once_in_the_order_in_which_it_happened(asker: Asker, endpoint: Endpoint) -> None:
    asker.paid()
    sent = endpoint.courier.deliver_due()
    assert endpoint.types() == asker.event_types()
    assert [(each.event_type, each.status) for each in sent] == [(name, 200) for name in asker.event_types()]
    assert endpoint.courier.deliver_due() == []
    assert {event["pending_webhooks"] for event in asker.simulator.store.each("event")} == {0}
    assert len(asker.get("/v1/events", {"delivery_success": "true"}).body["data"]) == 6


def test_a_webhook_is_signed_as_stripe_signs(asker: Asker, endpoint: Endpoint) -> None:
    asker.customer()
    endpoint.courier.deliver_due()
    ((body, signature),) = endpoint.heard
    stamp = int(NOW.timestamp())
    expected = hmac.new(b"whsec_1", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert signature == f"t={stamp},v1={expected}"


def test_an_event_says_which_request_made_it(asker: Asker, endpoint: Endpoint) -> None:
    asker.post("/v1/customers", {"email": "b@example.com"}, key="customer:1")
    endpoint.courier.deliver_due()
    event = json.loads(endpoint.heard[0][0])
    assert (event["request"]["idempotency_key"], event["api_version"]) == ("customer:1", "2026-10-28.endive")


@pytest.mark.parametrize("status", [0, 301, 400, 500])
def test_what_is_not_heard_comes_again_later_and_later_and_then_no_more(
    asker: Asker, endpoint: Endpoint, status: int
) -> None:
    asker.customer()
    endpoint.status = status
    endpoint.courier.deliver_due()
    for wait in WAITS:
        asker.clock.advance(seconds=wait - 1)
        assert endpoint.courier.deliver_due() == []
        asker.clock.advance(seconds=1)
        assert [each.status for each in endpoint.courier.deliver_due()] == [status]
    assert sum(WAITS) < timedelta(days=4).total_seconds()
    asker.clock.advance(days=4)
    assert endpoint.courier.deliver_due() == []
    assert len(asker.get("/v1/events", {"delivery_success": "false"}).body["data"]) == 1


def test_a_repeated_webhook_is_the_same_event_with_a_new_signature(asker: Asker, endpoint: Endpoint) -> None:
    asker.customer()
    endpoint.status = 500
    endpoint.courier.deliver_due()
    asker.clock.advance(seconds=WAITS[0])
    endpoint.courier.deliver_due()
    (first, second) = endpoint.heard
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_dropped_is_never_sent_and_stays_in_the_list(asker: Asker, endpoint: Endpoint) -> None:
    asker.simulator.faults.add("webhook_dropped", on="payment_intent.succeeded")
    asker.paid()
    endpoint.courier.deliver_due()
    asker.clock.advance(days=4)
    endpoint.courier.deliver_due()
    assert "payment_intent.succeeded" not in endpoint.types()
    (undelivered,) = asker.get("/v1/events", {"delivery_success": "false"}).body["data"]
    assert undelivered["type"] == "payment_intent.succeeded"


def test_doubled_is_sent_twice(asker: Asker, endpoint: Endpoint) -> None:
    asker.simulator.faults.add("webhook_doubled", on="payment_intent.succeeded")
    asker.paid()
    endpoint.courier.deliver_due()
    assert endpoint.types().count("payment_intent.succeeded") == 2
    assert endpoint.types().count("charge.succeeded") == 1


def test_delayed_comes_after_those_that_followed(asker: Asker, endpoint: Endpoint) -> None:
    asker.simulator.faults.add("webhook_delayed", on="charge.succeeded", seconds=60)
    asker.paid()
    endpoint.courier.deliver_due()
    assert "charge.succeeded" not in endpoint.types()
    asker.clock.advance(seconds=60)
    endpoint.courier.deliver_due()
    assert endpoint.types()[-1] == "charge.succeeded"


def test_shuffled_comes_in_another_order(asker: Asker, endpoint: Endpoint) -> None:
    asker.simulator.faults.add("webhook_shuffled")
    asker.paid()
    endpoint.courier.deliver_due()
    assert endpoint.types() == asker.event_types()[::-1]


def test_time_acts_before_webhooks_leave(asker: Asker, endpoint: Endpoint) -> None:
    intent = asker.intent()
    asker.simulator.faults.add("late_success", on="/confirm", seconds=60)
    asker.confirm(intent)
    endpoint.courier.deliver_due()
    assert endpoint.types()[-1] == "payment_intent.processing"
    asker.clock.advance(seconds=60)
    endpoint.courier.deliver_due()
    assert endpoint.types()[-1] == "payment_intent.succeeded"


# --- Sellers' accounts ------------------------------------------------------------------------------------------------
def decide(asker: Asker) -> str:
    account_id = asker.seller()
    asker.simulator.act("/onboard", lambda desk: onboarding.decide(desk, account_id, "in_order"))
    return account_id


def test_events_of_sellers_accounts_go_to_their_own_endpoint_under_its_own_secret(
    asker: Asker, endpoint: Endpoint
) -> None:
    account_id = decide(asker)
    asker.customer()
    endpoint.courier.deliver_due()
    assert endpoint.types() == ["customer.created"]
    events = [json.loads(body) for body, _ in endpoint.connected]
    assert [(event["type"], event["account"]) for event in events] == [
        ("account.updated", account_id),
        ("capability.updated", account_id),
    ]
    body, signature = endpoint.connected[0]
    stamp = int(NOW.timestamp())
    expected = hmac.new(b"whsec_2", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert signature == f"t={stamp},v1={expected}"


@pytest.mark.parametrize(("kind", "heard"), [("webhook_dropped", 0), ("webhook_doubled", 2)])
def test_what_goes_wrong_with_webhooks_goes_wrong_with_those_of_sellers_too(
    asker: Asker, endpoint: Endpoint, kind: str, heard: int
) -> None:
    decide(asker)
    asker.simulator.faults.add(kind, on="account.updated")
    endpoint.courier.deliver_due()
    told = [json.loads(body)["type"] for body, _ in endpoint.connected]
    assert told.count("account.updated") == heard
    assert told.count("capability.updated") == 1


def test_without_an_endpoint_for_them_they_go_nowhere(asker: Asker) -> None:
    decide(asker)
    courier = Courier(simulator=asker.simulator, secret="whsec_1", send=lambda body, signature: 200)
    assert courier.deliver_due() == []
    assert list(asker.simulator.store.each("delivery")) == []


def test_events_of_a_sellers_account_are_listed_in_its_own_name_only(asker: Asker) -> None:
    account_id = decide(asker)
    assert asker.get("/v1/events").body["data"] == []
    headers = AUTHORISED | {"stripe-account": account_id}
    request = Request(method="GET", path="/v1/events", params={}, headers=headers)
    assert [each["type"] for each in asker.simulator.handle(request).body["data"]] == [
        "capability.updated",
        "account.updated",
    ]
