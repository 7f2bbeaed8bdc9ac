"""`python -m payments.simulator.server`: the simulator as a program. It refuses to start outside the demo."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import FrameType

import requests

from marketplace.kernel import clock
from payments.simulator.control import Control
from payments.simulator.core import Simulator
from payments.simulator.endpoints import SimulatorServer
from payments.simulator.hosted_page import HostedPage
from payments.simulator.store import Store
from payments.simulator.webhooks import Courier, Endpoint

LOG_NAME = "stripe.jsonl"
ROUND_SECONDS = 0.2
WEBHOOK_TIMEOUT = 10


def main(arguments: Sequence[str] | None = None) -> int:
    if os.environ.get("DEMO", "").lower() not in ("1", "true", "yes", "on"):
        print("The Stripe simulator takes no real money, so it only runs in the demo. Set DEMO=1.", file=sys.stderr)
        return 2
    options = _options(arguments)
    clock.shift(timedelta(seconds=options.clock_offset))
    server, courier = build(options)
    stopping = threading.Event()
    _stop_on_signals(server, stopping)
    if courier is not None:
        threading.Thread(target=_deliver, args=(courier, stopping), daemon=True).start()
    print(f"Stripe simulator at http://{options.host}:{server.server_port}", flush=True)
    server.serve_forever(poll_interval=ROUND_SECONDS)
    server.server_close()
    server.simulator.store.close()
    return 0


def build(options: argparse.Namespace) -> tuple[SimulatorServer, Courier | None]:
    """The server, not yet serving, and who delivers its webhooks."""
    store = Store(options.data / LOG_NAME) if options.data else Store()
    public_url = options.public_url or f"http://{options.host}:{options.port}"
    simulator = Simulator(clock=clock.now, store=store, public_url=public_url)
    courier = None
    if options.webhook_url:
        courier = Courier(
            simulator=simulator,
            secret=options.webhook_secret,
            send=Poster(options.webhook_url),
            connect=_connect_endpoint(options),
        )
    page = HostedPage(simulator=simulator, merchant=options.merchant)
    control = Control(simulator=simulator, courier=courier)
    return SimulatorServer((options.host, options.port), simulator=simulator, page=page, control=control), courier


def _connect_endpoint(options: argparse.Namespace) -> Endpoint | None:
    if not options.connect_webhook_url:
        return None
    return Endpoint(secret=options.connect_webhook_secret, send=Poster(options.connect_webhook_url))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="payments.simulator.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8420)
    parser.add_argument("--public-url", help="where a browser finds the hosted page, when not at host and port")
    parser.add_argument("--data", type=Path, help="the folder of the log; without it nothing is kept")
    parser.add_argument("--webhook-url", help="where events are sent; without it none are")
    parser.add_argument("--webhook-secret", default="whsec_simulator")
    parser.add_argument("--connect-webhook-url", help="where events of sellers' accounts are sent")
    parser.add_argument("--connect-webhook-secret", default="whsec_simulator_connect")
    parser.add_argument("--merchant", default="Milepost", help="the name that the buyer reads")
    offset = int(os.environ.get("CLOCK_OFFSET") or 0)
    parser.add_argument("--clock-offset", type=int, default=offset, help="seconds that the clock is ahead")
    return parser.parse_args(arguments)


class Poster:
    """Sends one webhook; the status of the answer, 0 when there was none."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, body: bytes, signature: str) -> int:
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy stands between us
                return session.post(
                    self._url, data=body, headers=headers, timeout=WEBHOOK_TIMEOUT, allow_redirects=False
                ).status_code
        except requests.RequestException:
            return 0


def _deliver(courier: Courier, stopping: threading.Event) -> None:
    while not stopping.wait(ROUND_SECONDS):
        courier.deliver_due()


def _stop_on_signals(server: SimulatorServer, stopping: threading.Event) -> None:
    def stop(_: int, __: FrameType | None) -> None:
        stopping.set()
        threading.Thread(target=server.shutdown).start()  # waits for the loop that this very thread runs

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)


if __name__ == "__main__":
    raise SystemExit(main())
