"""Paying in a real browser: the test's own simulator with its hosted page behind HTTP, and the workers' part."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from payments.simulator.control import Control
from payments.simulator.endpoints import SimulatorServer
from payments.simulator.hosted_page import HostedPage
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import sweep_payments

ANOTHER_CARD = re.compile(r"^Pay \$[\d,.]+ with a card that works$")


class Bank:
    """`url` is where the hosted page is."""

    def __init__(self, stripe: StripeDouble, url: str) -> None:
        self.stripe, self.url = stripe, url

    def take(self, page: Page, button: str | re.Pattern[str] = ANOTHER_CARD) -> None:
        """Press a card's button on the hosted page, come back to the order, and let everything be settled."""
        expect(page).to_have_url(re.compile(re.escape(self.url)))
        page.get_by_role("button", name=button).click()
        page.wait_for_url(re.compile(r"/orders/\w+/\?paid"))
        self.work()

    def work(self) -> None:
        """What beat, workers and Stripe's webhooks would do by now."""
        sweep_payments()
        self.stripe.deliver_webhooks()
        sweep_payments()


@contextmanager
def open_bank(stripe: StripeDouble) -> Iterator[Bank]:
    """Serve `stripe` on a free port of this machine."""
    page = HostedPage(simulator=stripe.simulator, merchant="Milepost")
    control = Control(simulator=stripe.simulator, courier=None)
    server = SimulatorServer(("127.0.0.1", 0), simulator=stripe.simulator, page=page, control=control)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        url = stripe.simulator.public_url = f"http://127.0.0.1:{server.server_port}"
        yield Bank(stripe, url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
