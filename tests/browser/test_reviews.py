"""Two people review each other, blind, in a browser (R-ORD-17)."""

from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import PageFor
from tests.browser.look import check_page
from tests.factories.order_states import stopped
from tests.payments.simulator_fixtures import StripeDouble


def write(page: Page, stars: str, text: str) -> None:
    page.get_by_label(stars).check()
    page.get_by_label("How did it go?").fill(text)
    page.locator("main form button").click()


def test_both_review_each_other_and_everyone_reads_it(
    page_for: PageFor, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = stopped(stripe, buyer, seller)
    bruno, selma, visitor = page_for(buyer), page_for(seller), page_for(None)
    bruno.goto(f"/orders/{order.public_id}/")
    bruno.get_by_role("link", name="Review Selma").click()
    expect(bruno.get_by_label("Why did you stop?")).to_be_visible()
    check_page(bruno, "review-write")
    write(bruno, "5 – excellent", "Quick and careful.")
    expect(bruno.get_by_text("not shown yet")).to_be_visible()
    check_page(bruno, "review-kept")
    selma.goto(f"/orders/{order.public_id}/")
    expect(selma.get_by_text("Quick and careful.")).to_have_count(0)
    selma.get_by_role("link", name="Review Bruno").click()
    write(selma, "4 – good", "Knows what is wanted.")
    expect(selma.get_by_text("Quick and careful.")).to_be_visible()
    selma.get_by_role("link", name="Answer Bruno in public").click()
    check_page(selma, "review-answer")
    selma.get_by_label("Your answer").fill("Thank you, Bruno.")
    selma.get_by_role("button", name="Answer for everyone to read").click()
    assert order.gig is not None
    visitor.goto(order.gig.get_absolute_url())
    expect(visitor.get_by_text("Thank you, Bruno.")).to_be_visible()
    check_page(visitor, "gig-reviewed")
    visitor.goto(f"/reviews/seller/{seller.public_id}/")
    check_page(visitor, "reviews-of-seller")
