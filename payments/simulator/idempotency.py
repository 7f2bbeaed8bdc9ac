"""Idempotency keys as Stripe's v1 keeps them.

The first executed request under a key leaves its answer (also a 402 or a 500), which the same request gets again; other
parameters under the key are refused; a second request while the first runs gets 409. A request that was refused before
it ran (validation, 401, 429) leaves nothing. A key is forgotten after 24 hours: the same request then runs again.
"""

import hashlib
import json

from payments.simulator.errors import ApiError
from payments.simulator.store import Store
from payments.simulator.wire import Json, Request, Response

KEPT_SECONDS = 24 * 3600
KIND = "idempotency"


class Keys:
    """Not thread-safe: the core calls it under its lock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: set[str] = set()

    def begin(self, request: Request, now: int) -> Response | None:
        """The stored answer, or None: then the request runs, and the key is in use until `end`."""
        key = request.idempotency_key
        if not key:
            return None
        if key in self._running:
            raise in_use(key)
        known = self._store.get(KIND, key)
        if known is not None and now - known["at"] < KEPT_SECONDS:
            return _replayed(known, request)
        self._running.add(key)
        return None

    def remember(self, request: Request, response: Response, now: int) -> None:
        """Stage the answer; it is committed together with what the request changed."""
        if key := request.idempotency_key:
            answer: Json = {"status": response.status, "body": response.body}
            self._store.put(KIND, key, {"print": fingerprint(request), "at": now, **answer})

    def end(self, request: Request) -> None:
        self._running.discard(request.idempotency_key)


def in_use(key: str) -> ApiError:
    return ApiError(
        409,
        f"There is currently another in-progress request using this Idempotent Key ({key}).",
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )


def fingerprint(request: Request) -> str:
    whole = json.dumps([request.method, request.path, request.params], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _replayed(known: Json, request: Request) -> Response:
    if known["print"] != fingerprint(request):
        raise ApiError(
            400,
            f"Keys for idempotent requests can only be used with the same parameters ({request.idempotency_key}).",
            kind="idempotency_error",
        )
    return Response(status=known["status"], body=known["body"], headers={"Idempotent-Replayed": "true"})
