"""The seller's dashboard and time away, in a browser (R-ORD-16)."""

from datetime import timedelta

from playwright.sync_api import expect

from accounts.models import User
from marketplace.kernel import clock
from tests.browser.conftest import PageFor
from tests.browser.look import check_page
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation, say
from tests.factories.offers import make_offer
from tests.factories.order_states import STATES
from tests.payments.simulator_fixtures import StripeDouble

SHOWN = ("late", "in_revision", "more_time_asked", "payment_failed", "stopped")


def test_a_seller_sees_what_needs_them_and_goes_there(
    page_for: PageFor, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    for name in SHOWN:
        STATES[name](stripe, buyer, seller)
    make_offer(seller, buyer)
    say(make_conversation(buyer, seller), buyer, "Can you also make it blue?")
    page = page_for(seller)
    page.goto("/selling/")
    check_page(page, "selling")
    page.get_by_role("link", name="Deliver ‘").first.click()
    expect(page.get_by_role("heading", name="Deliver ‘")).to_be_visible()


def test_a_new_seller_is_led_by_three_steps(page_for: PageFor, seller: User) -> None:
    page = page_for(seller)
    page.goto("/selling/")
    check_page(page, "selling-new")
    page.get_by_role("link", name="Write your profile").click()
    expect(page).to_have_url("/settings/selling/")


def test_a_buyer_sees_what_waits_on_them(page_for: PageFor, stripe: StripeDouble, buyer: User, seller: User) -> None:
    for name in ("unpaid", "delivered", "finished"):
        STATES[name](stripe, buyer, seller)
    page = page_for(buyer)
    page.goto("/orders/")
    check_page(page, "orders-waiting")
    page.get_by_role("link", name="Review ‘").first.click()
    expect(page.locator("#decide")).to_be_visible()


def test_a_seller_goes_away_and_comes_back(page_for: PageFor, stripe: StripeDouble, buyer: User, seller: User) -> None:
    STATES["at_work"](stripe, buyer, seller)
    gig = make_gig(seller)
    page = page_for(seller)
    page.goto("/selling/away/")
    today = clock.now().date()
    page.get_by_label("First day away").fill(str(today))
    page.get_by_label("Back on").fill(str(today + timedelta(days=6)))
    page.get_by_label("What buyers read").fill("I answer messages in the evening.")
    page.get_by_role("button", name="Start my time away").click()
    expect(page.get_by_text("You are away until")).to_be_visible()
    check_page(page, "selling-away")
    visitor = page_for(None)
    visitor.goto(gig.get_absolute_url())
    expect(visitor.get_by_text("Selma is away until").first).to_be_visible()
    expect(visitor.get_by_role("button", name="Order and pay")).to_have_count(0)
    check_page(visitor, "gig-away")
    page.get_by_role("button", name="Come back now").click()
    expect(page.get_by_text("You are here.")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("button", name="Order and pay")).to_be_visible()
