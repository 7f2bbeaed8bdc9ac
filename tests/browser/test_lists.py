"""What gathers many things: the first page with gigs, one's orders, notices and settings."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.services import make_calendar
from marketplace.kernel import clock
from tests.browser.conftest import PageFor
from tests.browser.look import check_page
from tests.factories.gigs import make_gig
from tests.factories.milestones import make_design
from tests.factories.order_states import STATES
from tests.payments.simulator_fixtures import StripeDouble

SHOWN = ("unpaid", "delivered", "late", "payment_failed", "stopped")


@pytest.mark.parametrize("side", ["buying", "selling"])
def test_one_list_says_of_each_order_how_it_stands(
    side: str, page_for: PageFor, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    for name in SHOWN:
        STATES[name](stripe, buyer, seller)
    page = page_for(buyer if side == "buying" else seller)
    page.goto(f"/orders/?side={side}")
    expect(page.locator("main .list > li")).to_have_count(len(SHOWN))
    check_page(page, f"orders-{side}")
    page.goto("/notifications/")
    check_page(page, f"notifications-{side}")


def test_the_first_page_shows_gigs(page_for: PageFor, seller: User) -> None:
    for title in ("I will film your product in 3D", "I will write your business plan", "I will build your program"):
        make_gig(seller, title=title, design=make_design(8000, 18000))
    page = page_for(None)
    page.goto("/")
    check_page(page, "home-with-gigs")
    page.goto("/gigs/")
    check_page(page, "browse")


def test_settings(page_for: PageFor, seller: User) -> None:
    make_calendar(user=seller, now=clock.now())
    page = page_for(seller)
    for part in ("", "selling/", "tokens/", "calendar/"):
        page.goto(f"/settings/{part}")
        check_page(page, f"settings-{part}".strip("-/"))
