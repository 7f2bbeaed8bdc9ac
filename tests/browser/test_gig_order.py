"""The main job as two people live it: a gig in milestones is made, found, ordered, paid, delivered, stopped."""

import re

from playwright.sync_api import Page, expect

from orders.models import Order
from payments.invariants import violations
from tests.browser import steps
from tests.browser.bank import Bank
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_expected, complaints_of


def test_a_gig_in_milestones_from_sign_up_to_a_stopped_order(page_for: PageFor, bank: Bank) -> None:
    seller, buyer = page_for(None), page_for(None)
    steps.sign_up(seller, "Selma Haugen", "selma@example.com")
    publish_gig(seller)
    steps.sign_up(buyer, "Bruno Keller", "bruno@example.com")
    find_and_order(buyer, bank)
    answer(buyer)
    seller.goto(buyer.url)
    check_page(seller, "order-seller-at-work")
    revise(buyer, seller)
    accept_and_pay_the_next(buyer, seller, bank)
    accept_and_stop(buyer, seller)
    assert complaints_of(buyer) + complaints_of(seller) == []
    assert violations() == []


def publish_gig(seller: Page) -> None:
    """Become a seller, then Overview · Pricing · Description & FAQ · Requirements · Gallery · Publish (R-GIG-3)."""
    steps.become_seller(seller)
    steps.begin_gig(seller)
    steps.price_gig(seller)
    check_page(seller, "gig-pricing")
    steps.save_and_continue(seller, "Description & FAQ")
    steps.describe_gig(seller)
    expect(seller.locator("table.matrix tfoot")).to_contain_text("Adds up")
    preview = seller.get_by_role("complementary", name="Preview")
    expect(preview).to_contain_text(re.compile(r"17 days of work.*\$260\.00.*You earn\s*\$234\.00", re.DOTALL))
    check_page(seller, "gig-milestones")
    steps.save_and_continue(seller, "Requirements")
    steps.ask_requirement(seller, "Which printer do you use?")
    steps.save_and_continue(seller, "Gallery")
    steps.add_picture(seller)
    check_page(seller, "gig-gallery")
    seller.get_by_role("button", name="Continue to Publish").click()
    check_page(seller, "gig-publish")
    seller.get_by_role("button", name="Publish this gig").click()
    expect(seller.get_by_role("heading", level=1)).to_have_text(steps.TITLE)


def find_and_order(buyer: Page, bank: Bank) -> None:
    """Found although mistyped; the whole plan is on the page before anyone pays (R-GIG-9)."""
    buyer.get_by_label("What do you need?").fill("dekstop aplication")
    buyer.get_by_role("button", name="Search").click()
    check_page(buyer, "browse-found")
    buyer.get_by_role("link", name=steps.TITLE).click()
    plan = buyer.get_by_role("list", name="Basic: 3 milestones with price and date")
    posts = plan.locator(".post").all()
    for post, stage in zip(posts, steps.STAGES, strict=True):
        expect(post).to_contain_text(stage.name)
        expect(post).to_contain_text(f"${stage.price}.00")
        expect(post).to_contain_text(stage.criterion)
    check_page(buyer, "gig")
    buyer.get_by_role("button", name="Order and pay $84.00").click()
    check_page(buyer, "hosted-first-payment")
    bank.take(buyer)


def answer(buyer: Page) -> None:
    """The work waits for the answers to the seller's questions (R-ORD-2)."""
    buyer.reload()
    check_page(buyer, "order-questions")
    buyer.get_by_label("Which printer do you use?").fill("An old laser printer, black and white.")
    buyer.get_by_role("button", name="Send the answers").click()
    expect(buyer.get_by_text("Selma can begin now.")).to_be_visible()


def revise(buyer: Page, seller: Page) -> None:
    """Delivered, sent back with a criterion, delivered again (R-ORD-5, R-ORD-6)."""
    steps.deliver(seller, "Clickable prototype", "Open **start.txt** first.")
    buyer.reload()
    buyer.locator("#decide").get_by_role("link", name="Request a revision (1 left)").click()
    buyer.get_by_label("Every window can be opened").check()
    buyer.get_by_label("What is missing, or should change?").fill("The settings window stays closed.")
    check_page(buyer, "order-ask-revision")
    buyer.get_by_role("button", name="Request a revision").click()
    expect(buyer.get_by_text("has been asked for the revision")).to_be_visible()
    seller.reload()
    expect(seller.locator("#decide").get_by_text("The settings window stays closed.")).to_be_visible()
    seller.get_by_label("A few words about it").fill("Without a file.")
    with complaints_expected(seller):
        seller.get_by_role("button", name="Deliver ‘Clickable prototype’").click()
        expect(seller.locator("#deliver-errors [data-focus]")).to_be_focused()
    steps.deliver(seller, "Clickable prototype", "Now it opens.")
    buyer.reload()
    check_page(buyer, "order-buyer-delivered")


def accept_and_pay_the_next(buyer: Page, seller: Page, bank: Bank) -> None:
    """One press: accepted, and the saved card pays the next milestone while the page looks on (R-PAY-2)."""
    name = "Accept and pay $126.00 for ‘Working application’"
    buyer.locator("#decide").get_by_role("button", name=name).click()
    check_page(buyer, "order-ask-accept")
    buyer.get_by_role("dialog").get_by_role("button", name=name).click()
    check_page(buyer, "order-buyer-charging")
    bank.work()
    expect(buyer.get_by_text("is being made, due")).to_be_visible()
    seller.reload()
    steps.deliver(seller, "Working application", "It prints.")


def accept_and_stop(buyer: Page, seller: Page) -> None:
    """The third milestone never begins, and the order is complete (R-ORD-7)."""
    buyer.reload()
    steps.decide(buyer, "Accept and stop here")
    expect(buyer.get_by_text("the order ends here")).to_be_visible()
    check_page(buyer, "order-buyer-completed")
    seller.reload()
    earnings = seller.get_by_role("region", name="Your earnings")
    expect(earnings).to_contain_text(re.compile(r"Earned\s*\$180\.00"))
    expect(earnings).to_contain_text(re.compile(r"Held for you\s*\$0\.00"))
    check_page(seller, "order-seller-completed")
    order = Order.objects.get()
    assert (order.state, order.completion) == ("completed", "stopped")
