"""The simulator behind `requests`, without sockets: mount it in a session and hand that to the SDK's own client.

The SDK's `RequestsClient` then runs as in production, with its time-outs, its retries and its way of reading replies.
"""

import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from payments.simulator.core import Simulator
from payments.simulator.wire import ConnectionLost, Request, Response, decode_form


class InProcessAdapter(BaseAdapter):
    """Answers each request from `simulator`; `exchanges` keeps every request and its answer, in order."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__()
        self.simulator = simulator
        self.exchanges: list[tuple[Request, Response]] = []

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        del stream, verify, cert, proxies  # a socket would want them
        asked = _read(request)
        try:
            answer = self.simulator.handle(asked)
        except ConnectionLost as lost:
            raise requests.exceptions.ConnectionError(f"connection reset {lost}") from lost
        self.exchanges.append((asked, answer))
        if answer.delay >= _read_timeout(timeout):
            raise requests.exceptions.ReadTimeout(f"no reply in {_read_timeout(timeout)} s")
        if answer.truncated:
            raise requests.exceptions.ChunkedEncodingError("the reply broke off")
        return _reply(request, answer)

    def close(self) -> None:
        """Nothing is open."""


def session_to(simulator: Simulator) -> tuple[requests.Session, InProcessAdapter]:
    """A session of which every request ends at `simulator`, and the adapter that keeps its exchanges."""
    session, adapter = requests.Session(), InProcessAdapter(simulator)
    session.trust_env = False
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session, adapter


def _read(request: requests.PreparedRequest) -> Request:
    address = urlsplit(request.url or "")
    body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
    return Request(
        method=request.method or "",
        path=str(address.path),
        params=decode_form(str(address.query)) | decode_form(str(body)),
        headers={name.lower(): str(value) for name, value in request.headers.items()},
    )


def _reply(request: requests.PreparedRequest, answer: Response) -> requests.Response:
    reply = requests.Response()
    reply.status_code = answer.status
    reply.reason = HTTPStatus(answer.status).phrase
    reply.headers.update(answer.headers)
    reply.url = request.url or ""
    reply.request = request
    reply.raw = io.BytesIO(answer.content)
    return reply


def _read_timeout(timeout: Any) -> float:
    return float(timeout[1] if isinstance(timeout, tuple) else timeout or float("inf"))
