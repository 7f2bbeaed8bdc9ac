"""A chargeback in a browser: the agent answers the bank, both sides read that the order stands still (R-PAY-7)."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from orders.models import Order
from payments.models import Dispute
from payments.services.sweeping import sweep_announcements, sweep_disputes, sweep_events
from support.groups import AGENTS, ensure_groups
from tests.browser.conftest import PageFor
from tests.browser.look import check_page
from tests.factories.accounts import make_user
from tests.factories.inbox import make_conversation, say
from tests.factories.order_states import delivered, finished
from tests.factories.orders import again
from tests.payments.simulator_fixtures import StripeDouble


@pytest.fixture
def order(transactional_db: None, stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Delivered, praised in a message, and charged back; another one that was finished is asked about."""
    say(make_conversation(buyer, seller), buyer, "It arrived, thank you! The colours are just right.")
    order = delivered(stripe, buyer, seller)
    for number, of in enumerate((order, finished(stripe, make_user("Oona Other"), seller))):
        charge = of.milestones.get(position=1).charge
        assert charge is not None
        stripe.dispute(str(charge.attempts.get(state="succeeded").payment_id), inquiry=bool(number))
    stripe.deliver_webhooks()
    sweep_events()
    sweep_announcements()
    return again(order)


@pytest.fixture
def helper(transactional_db: None) -> User:
    ensure_groups()
    user = make_user("Hal Helper", staff=True)
    user.groups.add(Group.objects.get(name=AGENTS))
    return user


def test_r_pay_7_an_agent_answers_the_bank_once(page_for: PageFor, helper: User, order: Order) -> None:
    page = page_for(helper)
    page.goto("/support/")
    page.get_by_role("link", name="2 chargebacks wait for our answer to the bank").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    check_page(page, "chargeback-list")

    page.get_by_role("link", name=order.number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(order.number)
    check_page(page, "chargeback-desk")
    page.get_by_label("In your own words").fill("The buyer thanked the seller for it, and then asked for the money.")
    page.get_by_role("button", name="Keep for later").click()
    expect(page.locator(".messagelist")).to_contain_text("Nothing has been sent yet.")
    page.get_by_role("button", name="Send everything to the bank").click()
    expect(page.locator(".messagelist")).to_contain_text("on its way to the bank")
    sweep_disputes()
    page.reload()
    expect(page.get_by_role("heading", name="What was sent")).to_be_visible()
    check_page(page, "chargeback-sent")
    assert Dispute.objects.get(charge__group=order.public_id).state == "under_review"


def test_r_ord_17_the_desk_shows_why_an_order_stands_still(page_for: PageFor, helper: User, order: Order) -> None:
    page = page_for(helper)
    page.goto(reverse("admin:orders_order_change", args=[order.pk]) + "#desk-holds")
    expect(page.locator("#desk-holds ~ ol")).to_contain_text("Ends by itself")
    check_page(page, "chargeback-order-desk")


@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_r_ord_17_both_sides_read_that_it_stands_still(
    page_for: PageFor, order: Order, side: str, request: pytest.FixtureRequest
) -> None:
    page: Page = page_for(request.getfixturevalue(side))
    page.goto(f"/orders/{order.public_id}/")
    expect(page.get_by_text("This order is on hold").first).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    check_page(page, f"on-hold-{side}")
    page.goto("/orders/" + ("?side=selling" if side == "seller" else ""))
    expect(page.get_by_text("On hold").first).to_be_visible()
    check_page(page, f"on-hold-list-{side}")
