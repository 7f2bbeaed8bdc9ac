"""Notes on an order in real browsers: kept to one's side, shared with the other, changed and deleted (R-ORD-15)."""

from playwright.sync_api import Page, expect

from accounts.models import User
from orders.models import OrderNote
from orders.services.noting import write_note
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_expected, complaints_of
from tests.factories.order_states import at_work
from tests.factories.team import make_manager
from tests.payments.simulator_fixtures import StripeDouble

IDEAS = "Ideas for the **second** cut:\n\n- open with the steam\n- less music"


def note(page: Page, words: str, readers: str | None = None) -> None:
    page.get_by_text("Write a note").click()
    page.get_by_role("textbox", name="Note").fill(words)
    if readers:
        page.get_by_label(readers).check()
    page.get_by_role("button", name="Add the note").click()


def test_r_ord_15_notes_are_kept_shared_changed_and_deleted(
    page_for: PageFor, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = at_work(stripe, buyer, seller)
    for number in range(5):
        write_note(order=order, actor=make_manager(seller, f"Mila {number}"), body=f"Take {number}", is_shared=False)
    maker, payer = page_for(seller), page_for(buyer)
    for page in (maker, payer):
        page.goto(order_page := f"/orders/{order.public_id}/")
    with complaints_expected(maker):
        note(maker, " ", "For both of us")
        expect(maker.get_by_text("Write the note first.").first).to_be_visible()
    expect(maker.get_by_label("For both of us")).to_be_checked()
    maker.get_by_role("textbox", name="Note").fill(IDEAS)
    maker.get_by_role("button", name="Add the note").click()
    expect(maker.get_by_text("The note is shared. Bruno has been told.")).to_be_visible()
    expect(maker.get_by_text("open with the steam")).to_be_visible()
    check_page(maker, "order-notes-seller")

    note(payer, "Ask about the walnut handle.")
    expect(payer.get_by_text("Ask about the walnut handle.")).to_be_visible()
    expect(payer.get_by_text("open with the steam")).to_be_visible()
    expect(payer.get_by_text("Take 1")).to_have_count(0)
    payer.get_by_text("Write a note").click()
    check_page(payer, "order-notes-buyer")

    maker.get_by_role("link", name="Edit or delete").click()
    check_page(maker, "order-note")
    maker.get_by_role("textbox", name="Note").fill("Less music, please.")
    maker.get_by_role("button", name="Save the note").click()
    expect(maker.get_by_text("Less music, please.")).to_be_visible()
    payer.goto(order_page)
    expect(payer.get_by_text("· edited")).to_be_visible()
    payer.get_by_role("link", name="Edit or delete").click()
    payer.get_by_role("button", name="Delete the note").click()
    expect(payer.get_by_text("The note is deleted.")).to_be_visible()
    assert not OrderNote.objects.filter(author=buyer).exists()
    assert complaints_of(maker) + complaints_of(payer) == []
