"""A subscription from the composer to its end, by both sides (R-OFR-4)."""

from playwright.sync_api import Page, expect

from accounts.models import User
from marketplace.kernel import clock
from orders.models import Milestone, Order
from orders.services import lapsing
from payments.invariants import violations
from tests.browser.bank import Bank
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_expected, complaints_of
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation
from tests.factories.orders import deliver_current


def test_r_ofr_4_a_subscription_is_written_paid_month_by_month_and_ended(
    page_for: PageFor, bank: Bank, buyer: User, seller: User
) -> None:
    make_gig(seller, title="I will write your posts")
    conversation = make_conversation(buyer, seller)
    theirs, ours = page_for(seller), page_for(buyer)
    theirs.goto(f"/offers/new/{conversation.public_id}/")
    write_offer(theirs)
    ours.goto(conversation.get_absolute_url())
    check_page(ours, "subscription-card")
    ours.get_by_role("link", name="Read and decide").click()
    check_page(ours, "subscription-offer")
    ours.get_by_role("button", name="Accept and pay $126.00 for ‘Month 1’").click()
    bank.take(ours)
    order = Order.objects.get()
    deliver_current(order)
    ours.goto(f"/orders/{order.public_id}/")
    check_page(ours, "subscription-delivered")
    choose(ours, "Accept ‘Month 1’")
    expect(ours.get_by_role("button", name="End the subscription now")).to_be_visible()
    check_page(ours, "subscription-between")
    come_to_the_date(order, bank)
    theirs.goto(f"/orders/{order.public_id}/")
    check_page(theirs, "subscription-at-work")
    choose(theirs, "End the subscription after ‘Month 2’")
    expect(theirs.get_by_text("The subscription ends with ‘Month 2’.").first).to_be_visible()
    deliver_current(order)
    ours.reload()
    choose(ours, "Accept ‘Month 2’ and end the subscription")
    expect(ours.get_by_role("heading", name="This subscription has ended")).to_be_visible()
    ours.goto(f"/orders/{order.public_id}/money/")
    check_page(ours, "subscription-money")
    assert complaints_of(theirs) + complaints_of(ours) == []
    assert violations() == []


def write_offer(seller: Page) -> None:
    """One row for all months, and the dates as they are typed."""
    with complaints_expected(seller):  # totals that are asked for again as somebody types on are given up
        seller.get_by_text("Monthly", exact=True).click()
        seller.get_by_label("Title").fill("Your posts, every month")
        seller.get_by_label("About this offer").fill("Twelve posts a month, written and planned.")
        seller.get_by_label("For how many months?").fill("3")
        row = seller.locator(".offer-item").first
        row.get_by_label("Days for milestone 1").fill("20")
        row.get_by_label("Price of milestone 1").fill("120")
        row.get_by_label("What the buyer gets").fill("Twelve posts with pictures.")
        expect(seller.get_by_label("Totals")).to_contain_text("$120.00 a month, 3 months")
    expect(seller.locator(".offer-item").nth(1)).to_be_hidden()
    check_page(seller, "subscription-composer")
    seller.get_by_role("button", name="Send offer of $360.00").click()
    expect(seller.get_by_role("heading", name="Your posts, every month")).to_be_visible()


def choose(page: Page, label: str) -> None:
    """Press a button that asks first, and say yes."""
    page.get_by_role("button", name=label, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state()


def come_to_the_date(order: Order, bank: Bank) -> None:
    Milestone.objects.filter(order=order, state="scheduled").update(begins_at=clock.now())
    assert lapsing.charge_months() == 1
    bank.work()
