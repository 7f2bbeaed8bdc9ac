"""Papers as their person sees them: the list, each kind, the PDF, and the billing details that they name (R-PAY-6)."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.services import update_billing
from marketplace.kernel import clock
from orders import tasks as order_tasks
from payments import tasks as payment_tasks
from payments.documents import documents_of
from tests.browser.conftest import PageFor
from tests.browser.look import check_page
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story

pytestmark = pytest.mark.django_db(transaction=True)


def test_r_pay_6_papers_of_both_sides(page_for: PageFor, stripe: StripeDouble, buyer: User, seller: User) -> None:
    update_billing(
        user=buyer, name="Halden Audio AS", address="Storgata 14\n0184 Oslo\nNorway", tax_id="NO 918", now=clock.now()
    )
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
    story.pay()
    story.deliver()
    story.accept_and_continue()
    story.deliver()
    story.accept_and_stop()
    story.work()
    payment_tasks.sweep_documents()
    order_tasks.state_ended_orders()

    page = page_for(buyer)
    page.goto("/documents/")
    expect(page.locator("main .list > li")).to_have_count(3)
    check_page(page, "documents")
    page.locator("main .list a", has_text="Invoice INV").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoice")
    check_page(page, "document-invoice")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
    assert download.value.suggested_filename.startswith("INV-")
    page.goto(f"/documents/{documents_of(buyer).filter(kind='statement').get().number}/")
    expect(page.get_by_text("Milestone 3 of 3")).to_be_visible()
    check_page(page, "document-statement-buyer")
    page.goto("/settings/billing/")
    check_page(page, "settings-billing")

    page = page_for(seller)
    page.goto(f"/documents/{documents_of(seller).get().number}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Statement of what you earned")
    check_page(page, "document-statement-seller")
    page.goto("/documents/?kind=invoice")
    check_page(page, "documents-none")
