"""What only a phone shows."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import PageFor
from tests.factories.gigs import make_gig
from tests.factories.order_states import delivered
from tests.payments.simulator_fixtures import StripeDouble


@pytest.fixture
def phone(page_for: PageFor, buyer: User) -> Page:
    page = page_for(buyer)
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def test_the_bar_leads_back_to_the_decision_once_that_has_been_scrolled_past(
    phone: Page, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    phone.goto(f"/orders/{delivered(stripe, buyer, seller).public_id}/")
    bar, decision = phone.locator(".act"), phone.locator("#decide")
    expect(bar).to_be_hidden()
    phone.get_by_role("heading", name="What has happened").scroll_into_view_if_needed()
    expect(bar).to_be_visible()
    bar.get_by_role("link", name="Decide on ‘Step 1’").click()
    expect(decision).to_be_in_viewport()
    expect(bar).to_be_hidden()


def test_filters_are_folded_away_and_said_to_be_in_use(phone: Page, seller: User) -> None:
    make_gig(seller)
    phone.goto("/gigs/")
    expect(phone.get_by_label("Category")).to_be_hidden()
    phone.get_by_text("Filters and order").click()
    phone.get_by_label("Category").select_option("All of Programming")
    phone.wait_for_url("**/?*category=*")
    phone.reload()
    expect(phone.get_by_label("Category")).to_be_hidden()
    expect(phone.get_by_text("Filters and order · 1 in use")).to_be_visible()
