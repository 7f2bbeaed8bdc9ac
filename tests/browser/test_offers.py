"""An offer that goes back and forth until both are content, with scripts and without (R-OFR-5)."""

import re
from contextlib import AbstractContextManager

from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from payments.invariants import violations
from tests.browser.bank import Bank
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_of
from tests.browser.test_without_comforts import sign_in
from tests.factories.inbox import make_conversation
from tests.factories.offers import make_offer


def test_r_ofr_5_an_offer_is_countered_sent_on_these_terms_accepted_and_paid(
    page_for: PageFor, bank: Bank, buyer: User, seller: User
) -> None:
    conversation = make_conversation(buyer, seller)
    offer = make_offer(seller, buyer, conversation=conversation)  # 120, 240 and 80 dollars
    ours, theirs = page_for(buyer), page_for(seller)
    ours.goto(offer.get_absolute_url())
    ours.get_by_role("button", name="Propose other terms").click()
    propose(ours)
    expect(ours.get_by_text("You propose other terms")).to_be_visible()
    theirs.goto("/offers/")
    check_page(theirs, "offers-list")
    theirs.get_by_role("link", name=re.compile("A launch film")).click()
    expect(theirs.get_by_role("heading", name="What changed since version 1")).to_be_visible()
    check_page(theirs, "offer-countered")
    theirs.get_by_role("link", name="See the versions beside each other").click()
    check_page(theirs, "offer-versions")
    theirs.go_back()
    theirs.get_by_role("button", name="Send it on these terms: $340.00").click()
    expect(theirs.get_by_text("Sent. Bruno can accept and pay version 3 now.")).to_be_visible()
    ours.goto(conversation.get_absolute_url())
    ours.get_by_role("link", name="Read and decide").click()
    ours.get_by_role("button", name="Accept and pay $105.00 for ‘Look & storyboard’").click()
    bank.take(ours)
    ours.reload()
    expect(ours.get_by_text("‘Look & storyboard’ is being made")).to_be_visible()
    assert complaints_of(theirs) + complaints_of(ours) == []
    assert violations() == []


def saving(page: Page) -> AbstractContextManager[object]:
    """Around what is typed: goes on once it has been saved by itself. A page says from the start when that was last."""
    return page.expect_response(lambda answer: "x-autosave" in answer.request.headers)


def propose(page: Page) -> None:
    """Two milestones instead of three, the first one cheaper; a removed one is brought back and removed again."""
    with saving(page):
        page.get_by_label("Price of milestone 1").fill("100.00")
        expect(page.get_by_label("Totals")).to_contain_text(re.compile(r"You would pay in all\s*\$441\.00"))
    expect(page.locator("#saved")).to_contain_text("Saved at")
    page.get_by_role("button", name="Remove milestone 3").click()
    expect(page.locator(".offer-item")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".offer-item")).to_have_count(3)
    page.get_by_role("button", name="Remove milestone 3").click()
    expect(page.locator(".offer-item")).to_have_count(2)
    page.get_by_label("Why these changes?").fill("We cut the film ourselves.")
    check_page(page, "offer-counter-composer")
    page.get_by_role("button", name="Propose $340.00").click()


def test_r_ofr_5_a_counter_offer_without_scripts(
    browser: Browser, live_server: LiveServer, buyer: User, seller: User
) -> None:
    offer = make_offer(seller, buyer)
    with (
        browser.new_context(base_url=live_server.url, java_script_enabled=False) as one,
        browser.new_context(base_url=live_server.url, java_script_enabled=False) as other,
    ):
        ours, theirs = one.new_page(), other.new_page()
        ours.set_viewport_size({"width": 390, "height": 844})
        sign_in(ours, buyer)
        sign_in(theirs, seller)
        ours.goto(offer.get_absolute_url())
        ours.get_by_role("button", name="Propose other terms").click()
        ours.get_by_label("Price of milestone 1").fill("100.00")
        ours.get_by_role("button", name="Work it out").click()
        expect(ours.get_by_label("Totals")).to_contain_text("$441.00")
        ours.get_by_role("button", name="Propose $420.00").click()
        theirs.goto("/offers/")
        theirs.get_by_role("link", name=re.compile("A launch film")).click()
        theirs.get_by_role("button", name="Send it on these terms: $420.00").click()
        expect(theirs.get_by_text("Bruno can accept and pay version 3 now.")).to_be_visible()


def test_of_two_windows_the_second_keeps_what_it_has_and_is_warned(
    page_for: PageFor, buyer: User, seller: User
) -> None:
    offer = make_offer(seller, buyer)
    first = page_for(buyer)
    first.goto(offer.get_absolute_url())
    first.get_by_role("button", name="Propose other terms").click()
    second = page_for(buyer)
    second.goto(first.url)
    with saving(first):
        first.get_by_label("Price of milestone 1").fill("100.00")
    second.get_by_label("Price of milestone 2").fill("200.00")
    expect(second.locator("#saved")).to_contain_text("you changed this draft in another window")
    second.get_by_role("button", name="Keep this one").click()
    expect(second.get_by_text("Your draft is saved.")).to_be_visible()
    expect(second.get_by_label("Price of milestone 2")).to_have_value("200.00")
