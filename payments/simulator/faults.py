"""What goes wrong, on demand: each fault waits for the requests or webhooks that it is aimed at, so many times."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A request's fault strikes one HTTP attempt: the SDK makes three before it gives up."""

    LATENCY = "latency"  # the effect happens, `seconds` late
    LOST_BEFORE = "lost_before"  # connection reset, nothing happened
    LOST_AFTER = "lost_after"  # connection reset, the effect happened
    TRUNCATED = "truncated"  # the effect happened, half of the reply arrives
    HTML = "html"  # the effect happened, a proxy answers 200 with a page
    ERROR_BEFORE = "error_before"  # 500 without effect; the key remembers it
    ERROR_AFTER = "error_after"  # 500 after the effect; the key remembers it
    BAD_GATEWAY = "bad_gateway"  # 502 of a proxy, nothing happened, the key knows nothing
    UNAUTHORIZED = "unauthorized"  # 401: the key was rolled or revoked; nothing happened
    FORBIDDEN = "forbidden"  # 403: a restricted key lacks the permission; nothing happened
    RATE_LIMITED = "rate_limited"  # 429, nothing happened, the key knows nothing
    IN_USE = "in_use"  # 409: the key's first request is still running
    LATE_SUCCESS = "late_success"  # the payment or refund is pending and succeeds `seconds` later
    LATE_FAILURE = "late_failure"  # … and fails
    NO_BALANCE = "no_balance"  # the transfer or reversal is refused: there is not enough money
    WEBHOOK_DROPPED = "webhook_dropped"  # never sent; it stays in the list of events
    WEBHOOK_DOUBLED = "webhook_doubled"
    WEBHOOK_DELAYED = "webhook_delayed"  # `seconds` late
    WEBHOOK_SHUFFLED = "webhook_shuffled"  # those that are due together leave in reverse order


@dataclass(slots=True, kw_only=True)
class Fault:
    kind: Kind
    on: str  # part of "POST /v1/refunds" or of an event's type; empty strikes all
    times: int
    seconds: float


class Faults:
    """The control object. Thread-safe."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, kind: Kind | str, *, on: str = "", times: int = 1, seconds: float = 0.0) -> None:
        """Let the next `times` requests whose method and path contain `on` suffer `kind`. ValueError: no such kind."""
        with self._lock:
            self._waiting.append(Fault(kind=Kind(kind), on=on, times=times, seconds=seconds))

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def take(self, kinds: Iterable[Kind], target: str) -> Fault | None:
        """The first waiting fault of `kinds` aimed at `target`; it is used up by one."""
        wanted = set(kinds)
        with self._lock:
            for fault in self._waiting:
                if fault.kind in wanted and fault.on in target:
                    fault.times -= 1
                    self._waiting = [each for each in self._waiting if each.times > 0]
                    return fault
        return None

    def waiting(self) -> list[Fault]:
        with self._lock:
            return list(self._waiting)
