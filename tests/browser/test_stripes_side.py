"""The simulator's pages for sellers and for Stripe's side of the demo, in a browser, without scripts too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.look import check_page, complaints_expected, complaints_of, watch
from tests.payments.simulator.serving import SESSION, Served, serve

ACCOUNT = {
    "email": "seller@milepost.example",
    "controller[losses][payments]": "application",
    "capabilities[transfers][requested]": "true",
}


@pytest.fixture
def served() -> Iterator[Served]:
    with serve() as one:
        yield one


def onboarding(served: Served) -> tuple[str, str]:
    """A new account, and the address of its onboarding."""
    account = served.post("/v1/accounts", ACCOUNT).json()["id"]
    form = {"account": account, "type": "account_onboarding", "return_url": f"{served.url}/?back", "refresh_url": "/"}
    return account, served.post("/v1/account_links", form).json()["url"]


def test_a_seller_is_checked_led_back_and_looks_at_their_account(served: Served, page: Page) -> None:
    watch(page)
    account, address = onboarding(served)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Get paid for your work")
    check_page(page, "seller-onboarding")
    page.get_by_role("button", name="Identity document still wanted").click()
    page.wait_for_url("**/?back")
    check_page(page, "simulator-front")
    address = served.post(f"/v1/accounts/{account}/login_links", {}).json()["url"]
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Earnings wait for a document")
    page.get_by_role("button", name="Everything is in order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Earnings can be sent")
    check_page(page, "seller-account")
    with complaints_expected(page):
        page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This address is used up")
    assert complaints_of(page) == []


def test_a_payment_is_disputed_and_the_bank_decides_without_scripts(served: Served, browser: Browser) -> None:
    session = served.post("/v1/checkout/sessions", SESSION).json()
    served.control("pay", session=session["id"], scenario="works")
    onboarding(served)
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{served.url}/dashboard")
        page.get_by_role("button", name="Refund $52.50").click()
        page.get_by_role("button", name="The buyer disputes it").click()
        page.get_by_role("button", name="The seller’s side wins").click()
        expect(page.get_by_role("region", name="Disputes")).to_contain_text("won")
        expect(page.get_by_role("region", name="Refunds")).to_contain_text("succeeded")


def test_stripes_side_can_be_looked_at(served: Served, page: Page) -> None:
    session = served.post("/v1/checkout/sessions", SESSION).json()
    intent = served.control("pay", session=session["id"], scenario="works").json()
    served.control("refund", charge=intent["id"], amount=500)
    served.control("dispute", charge=intent["id"], kind="inquiry")
    onboarding(served)
    watch(page)
    page.goto(f"{served.url}/dashboard")
    check_page(page, "stripes-side")
    assert complaints_of(page) == []
