"""The agent's part, in the admin: find an order, see who would get what, cancel it (R-SUP-1, R-SUP-2)."""

from playwright.sync_api import expect

from accounts.models import User
from payments.invariants import violations
from tests.browser.bank import Bank
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_of
from tests.factories.orders import accept_and_pay_next, deliver_current, make_order, pay_first


def test_r_sup_2_an_agent_cancels_an_order_and_the_buyer_gets_the_held_money_back(
    page_for: PageFor, bank: Bank, buyer: User, seller: User, agent: User
) -> None:
    order = pay_first(make_order(buyer=buyer, seller=seller), bank.stripe)
    deliver_current(order)
    accept_and_pay_next(order)
    desk = page_for(agent)
    desk.goto("/support/")
    desk.locator("#content .model-order a").first.click()
    check_page(desk, "admin-orders")
    desk.locator("#searchbar").fill(buyer.email)
    desk.keyboard.press("Enter")
    desk.get_by_role("link", name=order.number).click()
    check_page(desk, "admin-desk")
    desk.get_by_role("link", name="Cancel or end it…").click()
    desk.get_by_label("Reason").select_option("Both sides agree to end it")
    desk.get_by_label("Note").fill("They wrote to each other, and to us.")
    check_page(desk, "admin-cancel")
    desk.get_by_role("button", name="Show who gets what").click()
    outcome = desk.get_by_role("region", name="If you confirm")
    expect(outcome).to_contain_text("$84.00, its fee included, goes back to Bruno Buyer")
    check_page(desk, "admin-cancel-preview")
    desk.get_by_role("button", name="End the order and refund $84.00").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(order.title)
    bank.work()
    home = page_for(buyer)
    home.goto(f"/orders/{order.public_id}/")
    expect(home.get_by_role("region", name="Your money")).to_contain_text("Back to you$84.00")
    check_page(home, "order-cancelled-by-support")
    assert complaints_of(desk) == []
    assert violations() == []
