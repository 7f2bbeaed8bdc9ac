"""The simulator as a program: HTTP, the control, the signals, the door."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
import stripe as sdk

from payments.simulator import server as program
from tests.payments.simulator.asking import AUTHORISED
from tests.payments.simulator.serving import SESSION, Served, serve


@pytest.fixture
def served() -> Iterator[Served]:
    with serve() as one:
        yield one


def test_the_api_the_page_and_the_look_are_served(served: Served) -> None:
    session = served.post("/v1/checkout/sessions", SESSION).json()
    path = f"/c/{session['id']}"
    page = served.get(path)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert served.get("/static/css/tokens.css").status_code == 200
    gone = served.post(path, {"scenario": "works"})
    assert gone.headers["Location"] == f"https://milepost.example/back?session={session['id']}"
    assert served.get(f"/v1/checkout/sessions/{session['id']}").json()["status"] == "complete"


def test_what_is_not_there_is_404(served: Served) -> None:
    assert [served.get(path).status_code for path in ("/", "/nothing", "/v1/nothing", "/c/cs_none")] == [
        200,
        404,
        404,
        404,
    ]


def test_a_body_without_end_is_refused(served: Served) -> None:
    answer = served.http.post(served.url + "/v1/customers", data=b"x" * (1024 * 1024 + 1), timeout=10)
    assert answer.status_code == 413


@pytest.mark.parametrize(("kind", "error"), [
    ("lost_before", requests.exceptions.ConnectionError),
    ("lost_after", requests.exceptions.ConnectionError),
    ("truncated", requests.exceptions.ChunkedEncodingError),
])  # fmt: skip
def test_broken_replies_break_the_connection(served: Served, kind: str, error: type[Exception]) -> None:
    served.control("faults", kind=kind, on="/v1/customers")
    with pytest.raises(error):
        served.post("/v1/customers", {"email": "b@example.com"})
    assert served.post("/v1/customers", {"email": "b@example.com"}).status_code == 200


def test_html_arrives_as_html(served: Served) -> None:
    served.control("faults", kind="html")
    answer = served.get("/v1/balance")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")


def test_the_sdk_retries_over_a_real_socket(served: Served) -> None:
    served.control("faults", kind="lost_after", on="/v1/customers")
    client = sdk.StripeClient("sk_test_1", base_addresses={"api": served.url}, max_network_retries=1)
    made = client.v1.customers.create(params={"email": "b@example.com"})
    listed = served.get("/_control/objects/customer").json()["data"]
    assert [each["id"] for each in listed] == [made.id]


def test_the_control_adds_lists_and_clears_faults(served: Served) -> None:
    assert served.control("faults", kind="latency", on="/x", times=2, seconds=1).json() == {
        "faults": [{"kind": "latency", "on": "/x", "times": 2, "seconds": 1}]
    }
    assert served.http.delete(served.url + "/_control/faults", timeout=10).json() == {"faults": []}
    assert served.get("/_control/faults").json() == {"faults": []}


def test_the_control_pays_and_lets_time_pass(served: Served) -> None:
    session = served.post("/v1/checkout/sessions", SESSION).json()
    assert served.control("pay", session=session["id"], scenario="works").json()["status"] == "succeeded"
    assert served.control("pay", session=session["id"], scenario="works").status_code == 400
    other = served.post("/v1/checkout/sessions", SESSION).json()
    served.control("clock", advance=24 * 3600)
    assert served.get(f"/v1/checkout/sessions/{other['id']}").json()["status"] == "expired"
    assert served.control("webhooks").json() == {"sent": []}


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("faults", {"kind": "earthquake"}, 400),
        ("faults", {"how": "badly"}, 400),
        ("pay", {"session": "cs_none", "scenario": "works"}, 404),
        ("pay", {"session": "cs_none", "scenario": "gold"}, 400),
        ("clock", {}, 400),
        ("nothing", {}, 404),
    ],
)
def test_the_control_says_what_it_does_not_understand(
    served: Served, name: str, body: dict[str, str], status: int
) -> None:
    assert served.control(name, **body).status_code == status


def test_a_page_in_a_browser_cannot_use_the_control(served: Served) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = served.http.post(served.url + "/_control/clock", data="{}", headers={"Content-Type": kind}, timeout=10)
        assert answer.status_code == 415
    answer = served.http.post(
        served.url + "/_control/clock", data="{", headers={"Content-Type": "application/json"}, timeout=10
    )
    assert answer.status_code == 400


class Shop(BaseHTTPRequestHandler):
    """Hears one webhook."""

    heard: list[tuple[str, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.headers["Stripe-Signature"], json.loads(body)["type"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def test_webhooks_are_posted_over_http() -> None:
    heard: list[tuple[str, str]] = []
    shop = HTTPServer(("127.0.0.1", 0), type("OneShop", (Shop,), {"heard": heard}))
    thread = threading.Thread(target=shop.handle_request)
    thread.start()
    poster = program.Poster(f"http://127.0.0.1:{shop.server_port}/")
    assert poster(b'{"type": "ping"}', "t=1,v1=abc") == 204
    thread.join()
    shop.server_close()
    assert heard == [("t=1,v1=abc", "ping")]
    assert poster(b"{}", "t=1,v1=abc") == 0  # nobody listens any more


# --- The program ------------------------------------------------------------------------------------------------------
ROOT = Path(program.__file__).resolve().parents[2]


@contextmanager
def command(*arguments: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """The program, which doesn't outlive the block, whatever happens in it."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DEMO", "CLOCK_OFFSET")}
    process = subprocess.Popen(
        [sys.executable, "-m", "payments.simulator.server", "--port", "0", *arguments],
        cwd=ROOT,
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("demo", ["", "0", "false"])
def test_it_refuses_to_start_outside_the_demo(demo: str) -> None:
    with command(DEMO=demo) as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert "only runs in the demo" in err


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_serves_stops_and_remembers(tmp_path: Path, how: signal.Signals) -> None:
    customers = []
    for _ in range(2):
        with command("--data", str(tmp_path), DEMO="1", CLOCK_OFFSET="60") as process:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            with requests.Session() as http:
                http.trust_env = False
                http.post(url + "/v1/customers", headers=AUTHORISED, timeout=10).raise_for_status()
                customers.append(len(http.get(url + "/_control/objects/customer", timeout=10).json()["data"]))
            process.send_signal(how)
            out, err = process.communicate(timeout=30)
            assert (process.returncode, out, err) == (0, "", "")
    assert customers == [1, 2]
