"""A team in real browsers: invited, joined from the mail, working for the seller, and refused where the role ends."""

import re

from playwright.sync_api import Page, expect

from accounts.models import User
from gigs.models import Gig
from notifications.models import Letter
from orders.models import Task
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_of
from tests.factories.accounts import PASSWORD
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation, say
from tests.factories.order_states import at_work
from tests.factories.team import make_contributor
from tests.payments.simulator_fixtures import StripeDouble


def invite(page: Page, email: str, role: str) -> str:
    """The path of the link in the mail."""
    page.goto("/settings/team/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label(role, exact=True).check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text(f"The invitation is on its way to {email}.")).to_be_visible()
    check_page(page, "team")
    return re.sub(r"^https?://[^/]+", "", Letter.objects.get(to=email).link)


def join(page: Page, link: str, email: str) -> None:
    """A new person: the link, an account, and back to the invitation."""
    page.goto(link)
    check_page(page, "team-join-visitor")
    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    page.get_by_label("Your name").fill("Mila Moreau")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    expect(page.get_by_role("heading", name="Work with Selma Seller")).to_be_visible()
    check_page(page, "team-join")
    page.get_by_role("button", name="Join as manager").click()
    expect(page.get_by_text("Welcome. You are in the team of Selma Seller.")).to_be_visible()


def test_a_manager_joins_from_the_mail_edits_a_gig_and_answers_a_buyer(
    page_for: PageFor, buyer: User, seller: User
) -> None:
    make_gig(seller, title="I will film your product")
    talk = make_conversation(buyer, seller)
    say(talk, buyer, "Could you film our hand grinder?")
    owner, mila = page_for(seller), page_for(None)
    join(mila, invite(owner, "mila@example.com", "Manager"), "mila@example.com")

    expect(mila.get_by_role("main").get_by_text("Working for Selma Seller")).to_be_visible()
    mila.goto("/gigs/mine/")
    mila.get_by_role("link", name=re.compile("Edit|film your product")).first.click()
    mila.goto(f"/gigs/{Gig.objects.get().public_id}/edit/overview/")
    mila.get_by_label("Title").fill("I will film what you make")
    mila.locator("#editor").get_by_role("button", name="Save and continue").click()
    expect(mila).to_have_title(re.compile("^Pricing · I will film what you make"))
    assert Gig.objects.get().title == "I will film what you make"

    mila.goto("/inbox/")
    mila.get_by_role("link", name=re.compile("Bruno Buyer")).click()
    mila.get_by_role("textbox", name=re.compile("Message|Write")).fill("Yes, from Monday.")
    mila.get_by_role("button", name="Send", exact=True).click()
    expect(mila.get_by_text("Yes, from Monday.").first).to_be_visible()
    check_page(mila, "team-conversation")
    theirs = page_for(buyer)
    theirs.goto(talk.get_absolute_url())
    expect(theirs.get_by_text("Mila for Selma").first).to_be_visible()

    owner.goto("/settings/team/")
    owner.get_by_role("button", name="Remove Mila Moreau").click()
    mila.goto("/gigs/mine/")
    expect(mila.get_by_text("I will film what you make")).to_have_count(0)
    assert complaints_of(owner) + complaints_of(mila) + complaints_of(theirs) == []


def test_r_ord_15_a_contributor_ticks_a_task_and_is_refused_elsewhere(
    page_for: PageFor, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, cleo = at_work(stripe, buyer, seller), make_contributor(seller)
    owner, helper = page_for(seller), page_for(cleo)
    owner.goto(f"/orders/{order.public_id}/tasks/")
    owner.get_by_label("What is to be done?").fill("Cut the film")
    owner.get_by_label("Who does it?").select_option("Cleo Contributor")
    owner.get_by_label("Until").fill("2026-12-24")
    owner.get_by_role("button", name="Add the task").click()
    expect(owner.get_by_text("The task is added.")).to_be_visible()
    check_page(owner, "order-tasks")

    helper.goto("/orders/tasks/")
    check_page(helper, "my-tasks")
    helper.get_by_role("link", name="Cut the film").click()
    helper.get_by_role("textbox", name="Note").fill("Two versions, see which you like.")
    helper.get_by_role("button", name="Add").click()
    expect(helper.get_by_text("Two versions, see which you like.")).to_be_visible()
    check_page(helper, "task")
    helper.get_by_role("button", name="Done").click()
    expect(helper.get_by_role("heading", name="Nothing to do")).to_be_visible()
    assert Task.objects.get().done_by == cleo
    for refused in (
        f"/orders/{order.public_id}/",
        f"/orders/{order.public_id}/tasks/",
        f"/orders/{order.public_id}/money/",
    ):
        answer = helper.goto(refused)
        assert answer is not None
        assert answer.status == 404
