"""The simulator without sockets: one object that takes requests, lets time pass, and hands out webhooks."""

import re
import threading
import time
from collections.abc import Callable
from datetime import datetime

from payments.simulator import late
from payments.simulator.cards import SCENARIOS
from payments.simulator.desk import Desk, new_id
from payments.simulator.errors import ApiError, server_error
from payments.simulator.expansion import expand
from payments.simulator.faults import Faults, Kind
from payments.simulator.idempotency import Keys, in_use
from payments.simulator.resources import checkout_sessions
from payments.simulator.resources.routes import route
from payments.simulator.store import Store
from payments.simulator.wire import ConnectionLost, Json, Request, Response

_TEST_KEY = re.compile(r"Bearer (sk|rk)_test_\w+")


class Simulator:
    """Thread-safe: a request runs under one lock, but waits (latency) outside it.

    `clock` gives the instant of everything; `sleep` spends latency (in-process: nothing, or what a test wants to happen
    meanwhile); `public_url` is where the hosted page is.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        store: Store | None = None,
        faults: Faults | None = None,
        sleep: Callable[[float], None] = time.sleep,
        public_url: str = "http://stripe.simulator",
    ) -> None:
        self.clock, self.sleep, self.public_url = clock, sleep, public_url
        self.store = store or Store()
        self.faults = faults or Faults()
        self.lock = threading.RLock()
        self._keys = Keys(self.store)

    def handle(self, request: Request) -> Response:
        """The answer to an API request. ConnectionLost: the client gets none."""
        if self.faults.take([Kind.LOST_BEFORE], request.target):
            raise ConnectionLost("before the effect")
        response = self._answer(request)
        response.headers.setdefault("Request-Id", new_id("req"))
        if self.faults.take([Kind.LOST_AFTER], request.target):
            raise ConnectionLost("after the effect")
        if self.faults.take([Kind.TRUNCATED], request.target):
            response.truncated = True
        if self.faults.take([Kind.HTML], request.target):
            return Response(status=200, body={}, raw=b"<html><body>Checking your browser</body></html>")
        return response

    def pay(self, session_id: str, scenario_name: str) -> Json:
        """Press a button of the hosted page; returns the payment intent. ApiError when the page is closed."""
        scenario = SCENARIOS[scenario_name]
        return self.act(f"/c/{session_id}", lambda desk: checkout_sessions.pay(desk, session_id, scenario))

    def act(self, path: str, action: Callable[[Desk], Json]) -> Json:
        """Do what somebody does on a page at `path`, as one unit of work; whole, or not at all when it raises."""
        request = Request(method="POST", path=path, params={})
        with self.lock:
            late.settle(self._desk(request))
            self.store.commit()
            try:
                thing = action(self._desk(request))
                self.store.commit()
            finally:
                self.store.rollback()
        return thing

    def let_time_act(self) -> None:
        """End the payments, refunds and pages whose time has come."""
        with self.lock:
            late.settle(self._desk(Request(method="TICK", path="", params={})))
            self.store.commit()

    def _answer(self, request: Request) -> Response:
        try:
            self._admit(request)
            with self.lock:
                late.settle(self._desk(request))
                self.store.commit()
                replay = self._keys.begin(request, int(self.clock().timestamp()))
            if replay is not None:
                replay.delay = self._wait(request)
                return replay
            return self._run(request)
        except ApiError as error:
            return error.response()

    def _admit(self, request: Request) -> None:
        """What is decided before the idempotency layer and so leaves no trace in it."""
        if not _TEST_KEY.fullmatch(request.headers.get("authorization", "")):
            raise ApiError(401, "Invalid API Key provided: the simulator takes sk_test_ keys only.")
        if self.faults.take([Kind.UNAUTHORIZED], request.target):
            raise ApiError(401, "Invalid API Key provided: sk_test_****rolled")
        if self.faults.take([Kind.FORBIDDEN], request.target):
            raise ApiError(403, "The provided key 'rk_test_****' lacks the permissions of this endpoint.")
        if self.faults.take([Kind.RATE_LIMITED], request.target):
            raise ApiError(429, "Too many requests hit the API too quickly.", code="rate_limit")
        if self.faults.take([Kind.BAD_GATEWAY], request.target):
            raise ApiError(502, "Bad gateway", kind="api_error")
        if self.faults.take([Kind.IN_USE], request.target):
            raise in_use(request.idempotency_key)

    def _run(self, request: Request) -> Response:
        """Execute under the lock; the effect and the key's memory of it are one line of the log."""
        try:
            delay = self._wait(request)
            with self.lock:
                try:
                    response = self._execute(request)
                    response.delay = delay
                    self.store.commit()
                finally:
                    self.store.rollback()
            return response
        finally:
            with self.lock:
                self._keys.end(request)

    def _wait(self, request: Request) -> float:
        fault = self.faults.take([Kind.LATENCY], request.target)
        if fault is None:
            return 0.0
        self.sleep(fault.seconds)
        return fault.seconds

    def _execute(self, request: Request) -> Response:
        now = int(self.clock().timestamp())
        try:
            if self.faults.take([Kind.ERROR_BEFORE], request.target):
                raise server_error()
            body = self._effect(request)
            response = Response(status=200, body=body)
            if self.faults.take([Kind.ERROR_AFTER], request.target):
                response = server_error().response()
        except ApiError as error:
            if not error.keeps:
                self.store.rollback()
            if not error.executed:
                raise
            response = error.response()
        self._keys.remember(request, response, now)
        return response

    def _effect(self, request: Request) -> Json:
        desk = self._desk(request)
        thing = route(request)(desk)
        return expand(self.store, thing, request.params.get("expand", []))

    def desk_for(self, path: str) -> Desk:
        """For reading only, under the lock."""
        return self._desk(Request(method="GET", path=path, params={}))

    def _desk(self, request: Request) -> Desk:
        return Desk(store=self.store, now=self.clock(), request=request, faults=self.faults, public_url=self.public_url)
