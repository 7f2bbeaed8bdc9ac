"""Pages of a real browser on a real server, signed in as anyone."""

from collections.abc import Callable, Iterator

import pytest
from csp.constants import SELF
from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.bank import Bank, open_bank
from tests.browser.look import watch
from tests.payments.simulator_fixtures import StripeDouble

PageFor = Callable[[User | None], Page]


@pytest.fixture
def page_for(browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> PageFor:
    """`page_for(user)`: a page in a browser of their own, signed in; `page_for(None)`: a visitor's.

    Addresses are relative to the live server. What the console complains about is written down from the start.
    """

    def open_page(user: User | None) -> Page:
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
        request.addfinalizer(context.close)
        context.set_default_timeout(60_000)  # two cores that do everything at once need long for a screenshot
        if user:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return watch(context.new_page())

    return open_page


@pytest.fixture
def visitor(page_for: PageFor) -> Page:
    return page_for(None)


@pytest.fixture
def bank(stripe: StripeDouble) -> Iterator[Bank]:
    """The simulator's hosted page, to which the site's forms may lead as they may to the configured one."""
    with open_bank(stripe) as opened:
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        allowed = {"DIRECTIVES": {**policy, "form-action": [SELF, opened.url]}}
        with override_settings(CONTENT_SECURITY_POLICY=allowed, STRIPE_API_BASE=opened.url):
            yield opened
