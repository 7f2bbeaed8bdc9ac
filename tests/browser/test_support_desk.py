"""The support desk in a browser, under the same policy as every page: found, read, cancelled (R-SUP-1, R-SUP-2)."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from milestones.models import MilestonePolicy
from orders.models import Order
from support.groups import AGENTS, ensure_groups
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_expected
from tests.factories.accounts import make_user
from tests.factories.inbox import make_conversation, say, text_file
from tests.factories.order_states import cancelled, payment_failed, second_at_work
from tests.factories.orders import again, deliver_current
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import sweep_payments


@pytest.fixture
def order(transactional_db: None, stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The second of three under way, among others that have ended or wait; and a conversation with a file."""
    cancelled(stripe, make_user("Oona Other"), seller)
    payment_failed(stripe, make_user("Paul Payer"), seller)
    say(make_conversation(buyer, seller), buyer, "Is the handle walnut?", files=[text_file("sketch.txt")])
    order = second_at_work(stripe, buyer, seller)
    sweep_payments()
    return order


@pytest.fixture
def helper(transactional_db: None) -> User:
    ensure_groups()
    user = make_user("Hal Helper", staff=True)
    user.groups.add(Group.objects.get(name=AGENTS))
    return user


def test_an_agent_finds_an_order_and_cancels_it(page_for: PageFor, helper: User, order: Order) -> None:
    page = page_for(helper)
    page.goto("/support/")
    check_page(page, "support-index")

    page.get_by_label("Find an order").fill("Bruno")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.get_by_role("link", name=order.number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(order.title)
    check_page(page, "support-desk")

    page.get_by_role("link", name="Cancel or end it…").click()
    check_page(page, "support-cancel")
    fill(page)
    check_page(page, "support-preview")

    page.get_by_role("button", name="End the order and refund $84.00").click()
    expect(page.locator(".messagelist")).to_contain_text("$84.00 goes back to Bruno Buyer.")
    expect(page.locator("#desk-audit ~ ol")).to_contain_text("Nine days late.")
    check_page(page, "support-desk-ended")
    assert again(order).completion == "ended_by_support"


def test_what_is_wrong_stands_beside_its_field(page_for: PageFor, helper: User, order: Order) -> None:
    page = page_for(helper)
    page.goto(reverse("admin:orders_order_cancel", args=[order.pk]))
    with complaints_expected(page):
        page.get_by_role("button", name="Show who gets what").click()
        expect(page.locator(".errorlist")).to_have_count(2)
    check_page(page, "support-cancel-errors")


def test_an_order_that_moved_is_shown_again(page_for: PageFor, helper: User, order: Order) -> None:
    page = page_for(helper)
    page.goto(reverse("admin:orders_order_cancel", args=[order.pk]))
    fill(page)
    deliver_current(order)
    with complaints_expected(page):
        page.get_by_role("button", name=re.compile("End the order")).click()
        expect(page.get_by_role("alert")).to_contain_text("The order has moved since you looked")
    check_page(page, "support-moved")


def test_the_lists_and_forms_that_agents_use(page_for: PageFor, agent: User, order: Order) -> None:
    page = page_for(agent)
    policy = MilestonePolicy.objects.get(name="standard")
    for name, url in (
        ("orders", reverse("admin:orders_order_changelist")),
        ("charges", reverse("admin:payments_charge_changelist")),
        ("user", reverse("admin:accounts_user_change", args=[order.buyer_id])),
        ("policy", reverse("admin:milestones_milestonepolicy_change", args=[policy.pk])),
    ):
        page.goto(url)
        check_page(page, f"support-{name}")


def test_a_file_comes_as_a_download(page_for: PageFor, helper: User, order: Order) -> None:
    page = page_for(helper)
    page.goto(reverse("admin:orders_order_change", args=[order.pk]))
    with page.expect_download() as taken:
        page.get_by_role("link", name="sketch.txt").click()
    assert taken.value.suggested_filename == "sketch.txt"


def fill(page: Page) -> None:
    page.get_by_label("Reason").select_option("not_delivered")
    page.get_by_label("Note").fill("Nine days late.")
    page.get_by_role("button", name="Show who gets what").click()
    expect(page.get_by_role("heading", name="If you confirm")).to_be_visible()
