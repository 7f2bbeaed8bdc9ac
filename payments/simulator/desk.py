"""One unit of work at the simulator: finding and saving objects, telling of events, at one instant."""

import copy
import secrets
import string
from collections.abc import Callable
from datetime import datetime
from typing import Any

from payments.simulator.errors import invalid, missing
from payments.simulator.faults import Faults, Kind
from payments.simulator.store import Store
from payments.simulator.wire import Json, Request

API_VERSION = "2026-10-28.endive"
_ALPHABET = string.ascii_letters + string.digits
_MOST_IN_A_PAGE = 100


def new_id(prefix: str) -> str:
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(24))


class Desk:
    """What a handler works with. Nothing is kept until the core commits the store."""

    def __init__(self, *, store: Store, now: datetime, request: Request, faults: Faults, public_url: str) -> None:
        self.store, self.request, self.faults, self.public_url = store, request, faults, public_url
        self.now = int(now.timestamp())
        self.request_id = new_id("req")

    def find(self, kind: str, object_id: str, *, param: str = "id") -> Json:
        """A copy of the object; ApiError 404 when there is none."""
        found = self.store.get(kind, object_id)
        if found is None:
            raise missing(kind, object_id, param=param)
        return dict(found)

    def save(self, thing: Json) -> Json:
        self.store.put(thing["object"], thing["id"], thing)
        return thing

    def emit(self, event_type: str, thing: Json, *, account: str = "") -> None:
        """An event that carries the object as it is now, waiting to be delivered; `account`: of a connected one."""
        event: Json = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": {"object": thing},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": self.request_id, "idempotency_key": self.request.idempotency_key or None},
            "type": event_type,
        } | ({"account": account} if account else {})
        self.save(event)
        self.store.put("delivery", event["id"], {"event": event["id"], "attempts": 0, "due": self.now})

    def struck(self, kind: Kind) -> bool:
        """Is this request to be refused because a fault says so?"""
        return self.faults.take((kind,), self.request.target) is not None

    def late(self) -> tuple[str, int] | None:
        """Is this payment or refund to end later? "succeeded" or "failed", and at which second."""
        fault = self.faults.take((Kind.LATE_SUCCESS, Kind.LATE_FAILURE), self.request.target)
        if fault is None:
            return None
        return ("succeeded" if fault.kind is Kind.LATE_SUCCESS else "failed"), self.now + int(fault.seconds)

    def later(self, kind: str, object_id: str, *, outcome: str, at: int) -> None:
        """Note that the object comes to its `outcome` at the second `at`."""
        self.store.put("due", object_id, {"kind": kind, "id": object_id, "outcome": outcome, "at": at})


def page_of(desk: Desk, kind: str, url: str, keep: Callable[[Json], bool]) -> Json:
    """A list of Stripe: newest first, filtered by `created` and `keep`, paged by `limit` and a cursor."""
    params = desk.request.params
    found = [thing for thing in desk.store.each(kind) if keep(thing) and created_within(thing, params.get("created"))]
    found.reverse()
    ids = [thing["id"] for thing in found]
    if after := params.get("starting_after"):
        found = found[_position(ids, after, "starting_after") + 1 :]
    elif before := params.get("ending_before"):
        found = found[: _position(ids, before, "ending_before")]
    limit = integer(params, "limit", default=10)
    if not 1 <= limit <= _MOST_IN_A_PAGE:
        raise invalid("Limit must be between 1 and 100.", param="limit")
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": copy.deepcopy(found[:limit])}


def created_within(thing: Json, bounds: Any) -> bool:
    created = int(thing["created"])
    if bounds is None:
        return True
    if not isinstance(bounds, dict):
        return created == int(bounds)
    tests: dict[str, Callable[[int], bool]] = {
        "gt": lambda bound: created > bound,
        "gte": lambda bound: created >= bound,
        "lt": lambda bound: created < bound,
        "lte": lambda bound: created <= bound,
    }
    return all(tests[name](int(bound)) for name, bound in bounds.items())


def _position(ids: list[str], cursor: str, param: str) -> int:
    if cursor not in ids:
        raise missing("object", cursor, param=param)
    return ids.index(cursor)


def required(params: Json, name: str) -> Any:
    value = params.get(name)
    if value in (None, ""):
        raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    return value


def integer(params: Json, name: str, *, default: int | None = None) -> int:
    value = params.get(name, default)
    if value is None:
        value = required(params, name)
    try:
        return int(value)
    except (TypeError, ValueError):
        raise invalid(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer") from None


def flag(params: Json, name: str) -> bool:
    return params.get(name) in ("true", True)
