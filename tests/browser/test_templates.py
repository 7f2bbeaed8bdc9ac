"""A gig begins with a template, and stages of its work are shared and seen (R-GIG-4, R-GIG-6, R-GIG-8)."""

from playwright.sync_api import expect

from accounts.models import User
from milestones.enums import PackageTier
from tests.browser.bank import Bank
from tests.browser.conftest import PageFor
from tests.browser.look import check_page
from tests.factories.gigs import make_draft, make_gig
from tests.factories.milestones import make_design
from tests.factories.orders import pay_first, place_gig_order

IDEA = "A desktop application from idea to installer"


def test_r_gig_4_a_draft_takes_its_milestones_from_a_template(page_for: PageFor, seller: User) -> None:
    draft = make_draft(seller, title="I will build your tool", prices={PackageTier.BASIC: 26_000})
    page = page_for(seller)
    page.goto("/gigs/templates/")
    check_page(page, "templates")
    page.get_by_role("link", name=IDEA).click()
    check_page(page, "template")
    page.get_by_role("link", name=draft.title).click()
    button = page.get_by_role("button", name=f"Start from this template, “{IDEA}”")
    expect(button).to_be_visible()
    check_page(page, "gig-begin-with")
    button.click()
    expect(page.locator("table.matrix tfoot")).to_contain_text("Adds up")
    expect(page.get_by_label("Name", exact=True).first).to_have_value("Specification and screens")
    expect(page.get_by_label("Name", exact=True).first).to_be_focused()
    page.locator("#keeping-template summary").click()
    page.get_by_label("Name of the template").fill("My way to build")
    page.get_by_role("button", name="Keep as a template").click()
    expect(page.get_by_text("Kept as a template.")).to_be_visible()
    page.get_by_role("button", name=IDEA).click()
    expect(page.get_by_role("heading", name=f"Replace your 4 milestones with “{IDEA}”?")).to_be_visible()
    expect(page.get_by_role("button", name="Keep mine")).to_be_focused()
    check_page(page, "gig-replace-milestones")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_role("heading", name="Replace your")).to_have_count(0)
    page.goto("/gigs/templates/")
    page.get_by_role("link", name="My way to build").click()
    page.get_by_role("link", name="Delete this template").click()
    check_page(page, "template-delete")
    page.get_by_role("button", name="Delete the template").click()
    expect(page.get_by_text("None of your own yet")).to_be_visible()


def test_r_gig_6_stages_are_shared_and_seen(page_for: PageFor, bank: Bank, buyer: User, seller: User) -> None:
    design = make_design(10_000, 8_000, 8_000, payments=False)
    gig = make_gig(seller, prices={PackageTier.BASIC: 26_000}, design=design)
    order = pay_first(place_gig_order(gig, buyer), bank.stripe)
    page = page_for(seller)
    page.goto(f"/orders/{order.public_id}/")
    page.get_by_text("Share ‘Step 1’ with Bruno").click()
    page.get_by_label("What is there to see?").fill("The rough cut, without sound.")
    page.get_by_label("Link (optional)").fill("example.com/rough")
    check_page(page, "order-share-stage")
    page.get_by_role("button", name="Share ‘Step 1’").click()
    expect(page.get_by_text("Bruno has been told.")).to_be_visible()
    at_home = page_for(buyer)
    at_home.goto(f"/orders/{order.public_id}/")
    check_page(at_home, "order-stage-shared")
    at_home.get_by_role("button", name="I have seen ‘Step 1’").click()
    expect(at_home.get_by_role("list", name="3 steps of")).to_contain_text("Seen by you")
    order.refresh_from_db()
    assert order.milestones.get().state == "in_progress"
