"""A seller is told that money waits, goes to Stripe's page, comes back, and is paid; at a desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from payments.models import Transfer
from tests.browser.bank import Bank
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_of
from tests.factories.payouts import make_transfer
from tests.scenarios.story import movable_clock, travel

pytestmark = pytest.mark.django_db(transaction=True)
PAPER = "A picture of your passport or identity card"


def set_up(page: Page) -> None:
    """From the earnings to Stripe's page."""
    page.get_by_role("link", name="Set up payouts").first.click()
    expect(page.get_by_role("heading", name="Tell Stripe where your money should go")).to_be_visible()
    page.get_by_label("The country that you are paid in").select_option("Norway")
    page.get_by_role("button", name="Set up payouts with Stripe").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Get paid for your work")


@pytest.mark.parametrize("width", [1280, 390])
def test_r_pay_5_a_seller_onboards_and_is_paid(bank: Bank, page_for: PageFor, seller: User, width: int) -> None:
    with movable_clock():
        transfer = make_transfer(bank.stripe, seller)
        bank.work()
        page = page_for(seller)
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/earnings/")
        expect(page.get_by_text("Waits for your payout account")).to_be_visible()
        check_page(page, "earnings-waiting")

        set_up(page)
        page.get_by_role("button", name="Identity document still wanted").click()
        expect(page.get_by_text(PAPER)).to_be_visible()
        check_page(page, "payouts-paper-wanted")
        page.get_by_role("button", name="Go on with Stripe").click()
        page.get_by_role("button", name="Everything is in order").click()
        expect(page.get_by_role("heading", name="You are set up")).to_be_visible()
        check_page(page, "payouts-ready")

        travel(hours=1)
        bank.work()
        page.goto("/earnings/")
        expect(page.get_by_role("listitem").filter(has_text="Paid to you").get_by_text("$72.00")).to_be_visible()
        page.get_by_text("The same in figures").click()
        check_page(page, "earnings-paid")
        page.goto("/payouts/")
        page.get_by_role("button", name="Open your account at Stripe").click()
        expect(page.get_by_text("$72.00")).to_be_visible()
    assert Transfer.objects.get(pk=transfer.pk).state == "succeeded"
    assert complaints_of(page) == []
