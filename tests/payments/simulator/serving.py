"""A simulator served over HTTP, in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from marketplace.kernel import clock
from payments.simulator import server as program
from payments.simulator.endpoints import SimulatorServer
from tests.payments.simulator.asking import AUTHORISED

SESSION = {
    "mode": "payment",
    "success_url": "https://milepost.example/back?session={CHECKOUT_SESSION_ID}",
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": "10500",
    "line_items[0][price_data][product_data][name]": "Rough cut",
}


class Served:
    """A served simulator, on a port of its own."""

    def __init__(self, server: SimulatorServer) -> None:
        self.server = server
        self.url = server.simulator.public_url = f"http://127.0.0.1:{server.server_port}"
        self.http = requests.Session()
        self.http.trust_env = False

    def post(self, path: str, form: dict[str, str]) -> requests.Response:
        return self.http.post(self.url + path, data=form, headers=AUTHORISED, timeout=10, allow_redirects=False)

    def get(self, path: str) -> requests.Response:
        return self.http.get(self.url + path, headers=AUTHORISED, timeout=10)

    def control(self, name: str, **body: object) -> requests.Response:
        return self.http.post(f"{self.url}/_control/{name}", json=body, timeout=10)


@contextmanager
def serve() -> Iterator[Served]:
    """A simulator on a free port; its clock is put back at the end."""
    server, _ = program.build(program._options(["--port", "0"]))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    one = Served(server)
    before = clock.offset()
    try:
        yield one
    finally:
        clock.shift(before)
        one.http.close()
        server.shutdown()
        server.server_close()
        thread.join()
