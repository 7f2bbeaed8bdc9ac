"""A custom offer from the inbox to a paid order, and what banks do to later payments."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from payments.invariants import violations
from tests.browser import steps
from tests.browser.bank import Bank
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_of
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation, say
from tests.factories.orders import accept_and_pay_next, deliver_current, make_order, pay_first


def test_r_ofr_2_an_offer_in_milestones_is_written_accepted_and_paid(
    page_for: PageFor, bank: Bank, buyer: User, seller: User
) -> None:
    make_gig(seller, title="I will film your product")
    conversation = make_conversation(buyer, seller)
    say(conversation, buyer, "Could you film our hand grinder? Twenty seconds, brushed steel.")
    theirs, ours = page_for(seller), page_for(buyer)
    theirs.goto("/inbox/")
    theirs.get_by_role("link", name=re.compile("Bruno Buyer")).click()
    theirs.get_by_role("link", name="Make an offer").click()
    write_offer(theirs)
    expect(theirs.get_by_role("heading", name="A launch film")).to_be_visible()
    ours.goto(conversation.get_absolute_url())
    check_page(ours, "conversation-with-offer")
    ours.get_by_role("link", name="Read and decide").click()
    check_page(ours, "offer")
    ours.get_by_role("button", name="Accept and pay $126.00 for ‘Look and storyboard’").click()
    bank.take(ours)
    ours.reload()
    expect(ours.get_by_text("‘Look and storyboard’ is being made")).to_be_visible()
    assert complaints_of(theirs) + complaints_of(ours) == []
    assert violations() == []


def write_offer(seller: Page) -> None:
    """Two milestones, their sums shown as they are typed (R-OFR-3)."""
    seller.get_by_label("Title").fill("A launch film")
    seller.get_by_label("About this offer").fill("Twenty seconds, from the first sketch to the film.")
    rows = seller.locator(".offer-item")
    for number, (name, days, price) in enumerate([("Look and storyboard", "4", "120"), ("The film", "9", "240")]):
        if rows.count() <= number:
            seller.get_by_role("button", name="Add a milestone").click()
        row = rows.nth(number)
        row.get_by_label(re.compile("^Name of")).fill(name)
        row.get_by_label(re.compile("^Days for")).fill(days)
        row.get_by_label(re.compile("^Price of")).fill(price)
        if not row.get_by_label("Done when").is_visible():
            row.locator("summary").click()
        row.get_by_label("Done when").fill("You like it")
    expect(seller.get_by_label("Totals")).to_contain_text(re.compile(r"Bruno pays in all\s*\$378\.00"))
    check_page(seller, "offer-composer")
    seller.get_by_role("button", name="Send offer of $360.00").click()


@pytest.fixture
def at_home(page_for: PageFor, bank: Bank, buyer: User) -> Page:
    return page_for(buyer)


def test_r_pay_2_a_declined_second_milestone_is_paid_with_another_card(
    at_home: Page, page_for: PageFor, bank: Bank, buyer: User, seller: User
) -> None:
    order = pay_first(make_order(buyer=buyer, seller=seller), bank.stripe, "works_then_declines")
    deliver_current(order)
    accept_and_pay_next(order)
    at_home.goto(f"/orders/{order.public_id}/")
    check_page(at_home, "order-payment-failed")
    at_home.locator("#decide").get_by_role("button", name="Pay $84.00 for ‘Step 2’").click()
    at_home.get_by_role("button", name="Not enough money").click()
    expect(at_home.get_by_role("alert")).to_contain_text("Your card has insufficient funds.")
    bank.take(at_home)
    at_home.reload()
    expect(at_home.get_by_text("‘Step 2’ is being made")).to_be_visible()
    assert violations() == []


def test_r_pay_2_a_bank_that_wants_the_buyer_gets_the_buyer(
    at_home: Page, bank: Bank, buyer: User, seller: User
) -> None:
    """3-D Secure: at the second charge, and on the hosted page."""
    order = pay_first(make_order(buyer=buyer, seller=seller), bank.stripe, "works_then_authenticates")
    deliver_current(order)
    at_home.goto(f"/orders/{order.public_id}/")
    steps.decide(at_home, "Accept and pay $84.00 for ‘Step 2’")
    bank.work()
    button = at_home.locator("#decide").get_by_role("button", name="Pay $84.00 for ‘Step 2’")
    button.click()
    bank.take(at_home, "Confirm with the bank, then pay")
    at_home.reload()
    expect(at_home.get_by_text("‘Step 2’ is being made")).to_be_visible()
    assert violations() == []
