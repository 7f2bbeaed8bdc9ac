"""A payment that fails is rescued, and the money page shows each side where every cent went."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from orders.models import Order
from orders.services import deciding
from payments.invariants import violations
from tests.browser.bank import Bank
from tests.browser.conftest import PageFor
from tests.browser.look import check_page
from tests.factories.orders import accept_and_pay_next, cancel, deliver_current, make_order, pay_first


@pytest.fixture
def at_home(page_for: PageFor, bank: Bank, buyer: User) -> Page:
    return page_for(buyer)


def money_of(page: Page, order: Order) -> None:
    page.goto(f"/orders/{order.public_id}/")
    page.get_by_role("link", name="Where every cent is").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where every cent is")


def test_r_pay_2_a_refused_card_is_rescued_by_another_saved_one(
    at_home: Page, bank: Bank, buyer: User, seller: User
) -> None:
    """The saved card expires before the work does; the buyer is warned, goes on, it is refused, another one pays."""
    kept = pay_first(make_order(buyer=buyer, seller=seller, parts=(26000,)), bank.stripe)
    order = pay_first(make_order(buyer=buyer, seller=seller, days=30), bank.stripe, "works_then_expires")
    deliver_current(order)
    at_home.goto(f"/orders/{order.public_id}/")
    expect(at_home.locator("#decide")).to_contain_text("Visa ending 0069")
    check_page(at_home, "order-card-expires")
    at_home.locator("#decide").get_by_role("button", name="Accept and pay $84.00 for ‘Step 2’").click()
    expect(at_home.get_by_role("dialog").get_by_role("button", name="Accept and pay with another card")).to_be_visible()
    at_home.get_by_role("dialog").get_by_role("button", name="Accept and pay $84.00 for ‘Step 2’").click()
    bank.work()
    at_home.goto(f"/orders/{order.public_id}/")
    expect(at_home.locator("#decide")).to_contain_text("It is not tried again by itself.")
    check_page(at_home, "order-card-refused")
    at_home.locator("#decide").get_by_role("link", name="Charge $84.00 to Visa ending 4242").click()
    check_page(at_home, "order-charge-saved-card")
    at_home.get_by_role("button", name="Charge $84.00 to Visa ending 4242").click()
    bank.work()
    at_home.goto(f"/orders/{order.public_id}/")
    expect(at_home.get_by_text("‘Step 2’ is being made")).to_be_visible()
    at_home.goto("/payment-methods/")
    expect(at_home.get_by_role("listitem").filter(has_text="Visa •••• 4242")).to_contain_text(kept.title)
    check_page(at_home, "payment-methods")
    at_home.get_by_role("button", name="Remove Visa •••• 0069").click()
    expect(at_home.get_by_text("It can’t be charged any more.")).to_be_visible()
    expect(at_home.get_by_role("listitem").filter(has_text="0069")).to_have_count(0)
    at_home.goto(f"/orders/{order.public_id}/card/")
    check_page(at_home, "order-choose-card")
    assert violations() == []


def test_accepting_with_another_card_leads_to_the_hosted_page(
    at_home: Page, bank: Bank, buyer: User, seller: User
) -> None:
    order = pay_first(make_order(buyer=buyer, seller=seller), bank.stripe)
    deliver_current(order)
    at_home.goto(f"/orders/{order.public_id}/")
    at_home.locator("#decide").get_by_role("button", name="Accept and pay $84.00 for ‘Step 2’").click()
    at_home.get_by_role("dialog").get_by_role("button", name="Accept and pay with another card").click()
    bank.take(at_home, "Confirm with the bank, then pay")
    at_home.reload()
    expect(at_home.get_by_text("‘Step 2’ is being made")).to_be_visible()
    assert violations() == []


def test_r_pay_8_each_side_sees_where_its_money_is(
    at_home: Page, page_for: PageFor, bank: Bank, buyer: User, seller: User
) -> None:
    order = pay_first(
        make_order(buyer=buyer, seller=seller, parts=(120_00, 200_00, 160_00, 220_00, 180_00)), bank.stripe
    )
    for _ in range(2):
        deliver_current(order)
        order = accept_and_pay_next(order)
    deliver_current(order)
    money_of(at_home, order)
    expect(at_home.get_by_role("row").filter(has_text="3. Step 3")).to_contain_text("$168.00")
    check_page(at_home, "money-buyer")
    at_work = page_for(seller)
    money_of(at_work, order)
    expect(at_work.get_by_role("row").filter(has_text="1. Step 1")).to_contain_text("$108.00")
    check_page(at_work, "money-seller")


def test_r_pay_8_refunded_money_is_shown_where_it_went(
    at_home: Page, page_for: PageFor, bank: Bank, buyer: User, seller: User
) -> None:
    order = pay_first(make_order(buyer=buyer, seller=seller), bank.stripe)
    deliver_current(order)
    order = cancel(accept_and_pay_next(order))
    bank.work()
    money_of(at_home, order)
    expect(at_home.get_by_role("row").filter(has_text="2. Step 2")).to_contain_text("$84.00")
    expect(at_home.get_by_role("region", name="Refunds")).to_contain_text("arrived")
    check_page(at_home, "money-refunded")
    fresh = make_order(buyer=buyer, seller=seller)
    at_home.goto(f"/orders/{fresh.public_id}/money/")
    check_page(at_home, "money-nothing-yet")
    done = pay_first(make_order(buyer=buyer, seller=seller, parts=(26000,)), bank.stripe)
    deliver_current(done)
    deciding.accept_and_finish(order=done, actor=buyer)
    money_of(at_home, done)
    check_page(at_home, "money-done")
