"""HTTP around the simulator: the API, the hosted pages, their look, the control."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from payments.simulator.control import Control
from payments.simulator.core import Simulator
from payments.simulator.dashboard import Dashboard, front_page
from payments.simulator.hosted_page import HostedPage
from payments.simulator.look import Page, asset
from payments.simulator.seller_pages import SellerPages
from payments.simulator.wire import ConnectionLost, Json, Request, decode_form

LARGEST_BODY = 1024 * 1024
JSON = "application/json"


class SimulatorServer(ThreadingHTTPServer):
    """One thread a connection; none of them outlives the process."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], *, simulator: Simulator, page: HostedPage, control: Control) -> None:
        self.simulator, self.page, self.control = simulator, page, control
        self.sellers = SellerPages(simulator=simulator, merchant=page.merchant)
        self.dashboard = Dashboard(simulator=simulator, merchant=page.merchant)
        super().__init__(address, Endpoint)


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SimulatorServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the events of interest are in the simulator's log."""

    def _serve(self) -> None:
        address = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        if size > LARGEST_BODY:
            self.close_connection = True
            return self._send(Page(status=413))
        body = self.rfile.read(size).decode(errors="replace")
        if address.path.startswith("/v1/"):
            return self._api(address.path, address.query, body)
        if address.path.startswith("/_control/"):
            return self._control(address.path, body)
        if address.path.startswith("/c/"):
            return self._hosted(address.path.removeprefix("/c/"), body)
        if address.path.startswith("/sellers/"):
            return self._sellers(address.path.removeprefix("/sellers/"), body)
        return self._send(self._other(address.path, body))

    def _api(self, path: str, query: str, body: str) -> None:
        request = Request(
            method=self.command,
            path=path,
            params=decode_form(query) | decode_form(body),
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        try:
            answer = self.server.simulator.handle(request)
        except ConnectionLost:
            self.close_connection = True  # and not a byte of an answer
            return
        promised = len(answer.content) + answer.truncated  # more than comes, when the reply is to break off
        self.close_connection = self.close_connection or answer.truncated
        kind = JSON if answer.raw is None else "text/html"
        self._send(
            Page(status=answer.status, content=answer.content, content_type=kind, headers=answer.headers), promised
        )

    def _control(self, path: str, body: str) -> None:
        """Only JSON: a page in someone's browser can't send that here without being allowed to."""
        if self.command == "POST" and self.headers.get("Content-Type") != JSON:
            return self._json(415, {"error": f"send {JSON}"})
        try:
            asked = json.loads(body or "{}")
        except ValueError:
            return self._json(400, {"error": "not JSON"})
        return self._json(*self.server.control.answer(self.command, path, asked))

    def _hosted(self, session_id: str, body: str) -> None:
        if self.command == "POST":
            pressed = parse_qs(body).get("scenario", [""])[0]
            return self._send(self.server.page.press(session_id, pressed))
        return self._send(self.server.page.show(session_id))

    def _sellers(self, token: str, body: str) -> None:
        if self.command == "POST":
            pressed = parse_qs(body).get("decision", [""])[0]
            return self._send(self.server.sellers.press(token, pressed))
        return self._send(self.server.sellers.show(token))

    def _other(self, path: str, body: str) -> Page:
        if path == "/":
            return front_page()
        if path == "/dashboard":
            return self.server.dashboard.press(body) if self.command == "POST" else self.server.dashboard.show()
        return asset(path) or Page(status=404, content=b"Not found", content_type="text/plain")

    def _json(self, status: int, answer: Json) -> None:
        self._send(Page(status=status, content=json.dumps(answer).encode(), content_type=JSON))

    def _send(self, page: Page, promised: int | None = None) -> None:
        self.send_response(page.status)
        headers = {
            "Content-Type": page.content_type,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        for name, value in (headers | page.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page.content) if promised is None else promised))
        self.end_headers()
        self.wfile.write(page.content)
