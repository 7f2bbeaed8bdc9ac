"""Signed webhooks: each event goes out until it is answered with 2xx, later and later, for three days."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass

from payments.simulator.core import Simulator
from payments.simulator.faults import Fault, Kind
from payments.simulator.wire import Json

WAITS = (5, 30, 120, 600, 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)  # seconds after each failed try
Send = Callable[[bytes, str], int]  # body, signature header -> status; 0 when there was no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    event_id: str
    event_type: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where events go: whoever `send`s them there, signed with `secret`."""

    secret: str
    send: Send


class Courier:
    """Delivers our own events to one endpoint, and those of connected accounts to another, or nowhere."""

    def __init__(self, *, simulator: Simulator, secret: str, send: Send, connect: Endpoint | None = None) -> None:
        self._simulator = simulator
        self._platform, self._connect = Endpoint(secret=secret, send=send), connect

    def deliver_due(self) -> list[Sent]:
        """Send what is due now, in the order in which it happened (unless a fault says otherwise)."""
        self._simulator.let_time_act()
        return [sent for delivery in self._due() for sent in self._deliver(delivery)]

    def _due(self) -> list[Json]:
        with self._simulator.lock:
            now = self._now()
            due = [each for each in self._simulator.store.each("delivery") if each["due"] <= now]
        if due and self._simulator.faults.take([Kind.WEBHOOK_SHUFFLED], ""):
            due.reverse()
        return due

    def _deliver(self, delivery: Json) -> list[Sent]:
        with self._simulator.lock:
            event = self._simulator.store.get("event", delivery["event"])
        endpoint = self._connect if event.get("account") else self._platform
        if endpoint is None or self._fault(Kind.WEBHOOK_DROPPED, event):
            self._forget(delivery)
            return []
        if fault := self._fault(Kind.WEBHOOK_DELAYED, event):
            self._postpone(delivery, int(fault.seconds), tried=False)
            return []
        times = 2 if self._fault(Kind.WEBHOOK_DOUBLED, event) else 1
        sent = [self._post(event, endpoint) for _ in range(times)]
        if any(200 <= each.status < 300 for each in sent):
            self._acknowledge(delivery, event)
        else:
            self._retry(delivery)
        return sent

    def _post(self, event: Json, endpoint: Endpoint) -> Sent:
        body = json.dumps(event, indent=2).encode()
        status = endpoint.send(body, sign(body, secret=endpoint.secret, at=self._now()))
        return Sent(event_id=event["id"], event_type=event["type"], status=status)

    def _fault(self, kind: Kind, event: Json) -> Fault | None:
        return self._simulator.faults.take([kind], event["type"])

    def _retry(self, delivery: Json) -> None:
        if delivery["attempts"] >= len(WAITS):
            self._forget(delivery)
        else:
            self._postpone(delivery, WAITS[delivery["attempts"]], tried=True)

    def _postpone(self, delivery: Json, seconds: int, *, tried: bool) -> None:
        with self._simulator.lock:
            later = {"attempts": delivery["attempts"] + tried, "due": self._now() + seconds}
            self._simulator.store.put("delivery", delivery["event"], delivery | later)
            self._simulator.store.commit()

    def _acknowledge(self, delivery: Json, event: Json) -> None:
        with self._simulator.lock:
            self._simulator.store.put("event", event["id"], event | {"pending_webhooks": 0})
            self._forget(delivery)

    def _forget(self, delivery: Json) -> None:
        with self._simulator.lock:
            self._simulator.store.delete("delivery", delivery["event"])
            self._simulator.store.commit()

    def _now(self) -> int:
        return int(self._simulator.clock().timestamp())


def sign(body: bytes, *, secret: str, at: int) -> str:
    """Stripe's header: the instant and the HMAC-SHA256 of "instant.body"."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"
