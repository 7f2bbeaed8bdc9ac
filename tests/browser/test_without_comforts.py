"""Pages without scripts, and with a keyboard alone."""

import re

from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from payments.invariants import violations
from tests.browser.bank import Bank
from tests.browser.conftest import PageFor
from tests.factories.accounts import PASSWORD
from tests.factories.orders import deliver_current, make_gig_with, make_order, pay_first


def test_an_order_without_scripts(
    browser: Browser, live_server: LiveServer, bank: Bank, buyer: User, seller: User
) -> None:
    """Order, pay, deliver, accept, pay the next: plain forms and pages of their own for every question."""
    gig = make_gig_with(seller, (8000, 12000))
    with (
        browser.new_context(base_url=live_server.url, java_script_enabled=False) as one,
        browser.new_context(base_url=live_server.url, java_script_enabled=False) as other,
    ):
        ours, theirs = one.new_page(), other.new_page()
        sign_in(ours, buyer)
        sign_in(theirs, seller)
        ours.goto(gig.get_absolute_url())
        ours.get_by_role("button", name="Order and pay $84.00").click()
        bank.take(ours)
        theirs.goto(ours.url)
        theirs.get_by_label("A few words about it").fill("Here it is.")
        theirs.get_by_label("Links").fill("https://example.com/work The work")
        theirs.get_by_role("button", name="Deliver ‘Step 1’").click()
        expect(theirs.get_by_text("Bruno has been told.")).to_be_visible()
        ours.reload()
        accept(ours, "Accept and pay $126.00 for ‘Step 2’")
        bank.work()
        ours.get_by_role("link", name="Look again").click()
        expect(ours.get_by_text("‘Step 2’ is being made")).to_be_visible()
    assert violations() == []


def sign_in(page: Page, user: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def accept(page: Page, name: str) -> None:
    """The question is a page: its link, then its button."""
    page.get_by_role("link", name=name).click()
    expect(page.get_by_text("Charged now", exact=True)).to_be_visible()
    page.get_by_role("button", name=name).click()


def test_a_delivery_accepted_by_keyboard(page_for: PageFor, bank: Bank, buyer: User, seller: User) -> None:
    """From the sign-in page on, with Tab, Enter and letters."""
    order = pay_first(make_order(buyer=buyer, seller=seller), bank.stripe)
    deliver_current(order)
    page = page_for(None)
    page.goto(f"/accounts/login/?next=/orders/{order.public_id}/")
    tab_to(page, page.get_by_label("Email"))
    page.keyboard.type(buyer.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/orders/"))
    name = "Accept and pay $84.00 for ‘Step 2’"
    tab_to(page, page.locator("#decide").get_by_role("button", name=name))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("dialog").get_by_role("button", name=name))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Accepted. The next milestone is being paid.")).to_be_visible()
    bank.work()
    expect(page.get_by_text("‘Step 2’ is being made")).to_be_visible()


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, and see that it shows."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            break
    expect(target).to_be_focused()
    assert target.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
