"""The simulator's hosted payment page in a browser: what a buyer sees when paying, with scripts and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.look import check_page, complaints_expected, complaints_of, watch
from tests.payments.simulator.serving import SESSION, Served, serve


@pytest.fixture
def served() -> Iterator[Served]:
    with serve() as one:
        yield one


def open_payment(served: Served) -> str:
    """The address of a new hosted page of a buyer whose card is to be kept."""
    customer = served.post("/v1/customers", {"email": "b@example.com"}).json()["id"]
    form = {
        "customer": customer,
        "success_url": served.url + "/?paid={CHECKOUT_SESSION_ID}",
        "cancel_url": served.url + "/?cancelled",
        "payment_intent_data[setup_future_usage]": "off_session",
    }
    session = served.post("/v1/checkout/sessions", SESSION | form).json()
    return f"{served.url}/c/{session['id']}"


def test_r_pay_1_a_buyer_is_refused_then_pays_and_is_led_back(served: Served, page: Page) -> None:
    watch(page)
    address = open_payment(served)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("$105.00")
    check_page(page, "hosted-payment")
    page.get_by_role("button", name="Not enough money").click()
    expect(page.get_by_role("alert")).to_contain_text("Your card has insufficient funds.")
    check_page(page, "hosted-payment-declined")
    page.get_by_role("button", name="Pay $105.00 with a card that works").click()
    page.wait_for_url("**/?paid=cs_test_*")
    with complaints_expected(page):
        page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This payment is done")
    check_page(page, "hosted-payment-done")
    assert complaints_of(page) == []


def test_it_works_without_scripts_and_can_be_left(served: Served, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(open_payment(served))
        page.get_by_role("button", name="Confirm with the bank, then pay").click()
        page.wait_for_url("**/?paid=cs_test_*")
        page.goto(open_payment(served))
        page.get_by_role("link", name="Cancel and go back to Milepost").click()
        page.wait_for_url("**/?cancelled")
