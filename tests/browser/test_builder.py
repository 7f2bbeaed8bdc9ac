"""The gig editor in a real browser: by mouse, by keyboard, without JavaScript, on a phone, with all that goes wrong.

R-GIG-3 to R-GIG-5: nothing typed is lost, nothing is overwritten in silence.
"""

import re

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from gigs.models import Gig
from gigs.services.describing import save_description
from marketplace.kernel import clock
from milestones.enums import PackageTier
from milestones.selectors import design_of
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_expected, complaints_of
from tests.factories.accounts import PASSWORD
from tests.factories.gigs import NO_MILESTONES, make_draft, make_gig, picture
from tests.factories.milestones import make_design

pytestmark = pytest.mark.django_db(transaction=True)

expect.set_options(timeout=20_000)
SAVED = re.compile(r"Saved at \d\d:\d\d")


def tab(gig: Gig, name: str = "description") -> str:
    return f"/gigs/{gig.public_id}/edit/{name}/"


def names(gig: Gig) -> list[str]:
    workflow = Gig.objects.get(pk=gig.pk).workflow
    return [stage.name for stage in design_of(workflow).stages] if workflow else []


def cards(page: Page) -> Locator:
    return page.locator(".ms .post-name")


def words(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Description", exact=True)


@pytest.fixture
def draft(seller: User) -> Gig:
    """A draft with three milestones, called as the factory calls them, over two packages."""
    prices = {PackageTier.BASIC: 26_000, PackageTier.STANDARD: 50_000}
    return make_draft(seller, prices=prices, design=make_design(6_000, 8_000, 12_000))


def test_r_gig_5_prices_can_be_read_at_every_width(page_for: PageFor, seller: User) -> None:
    """Three packages, prices of five digits, and an error in one of them, which takes no width from the others."""
    prices = dict.fromkeys(PackageTier, 2_500_000)
    gig = make_draft(seller, prices=prices, design=make_design(1_250_000, 400, tiers=tuple(PackageTier)))
    page = page_for(seller)
    for width in (1000, 1024, 1150, 1240, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(tab(gig))
        inputs = page.locator(".matrix [data-part]")
        least = inputs.evaluate_all("all => Math.min(...all.map((one) => one.getBoundingClientRect().width))")
        assert least >= 100, width
        assert inputs.evaluate_all("all => all.every((one) => one.scrollWidth <= one.clientWidth)"), width


def test_r_gig_3_what_is_typed_into_a_package_offers_it(page_for: PageFor, seller: User, draft: Gig) -> None:
    page = page_for(seller)
    page.goto(tab(draft, "pricing"))
    premium = page.get_by_role("group", name="Premium")
    expect(premium.get_by_label("Offer it")).not_to_be_checked()
    premium.get_by_label("Name").fill("Everything")
    expect(premium.get_by_label("Offer it")).to_be_checked()
    expect(page.locator("#keeping")).to_have_text(SAVED)
    assert draft.packages.get(tier="premium").name == "Everything"


def test_r_gig_3_continue_doesn_t_drop_a_picture_without_its_words(page_for: PageFor, seller: User, draft: Gig) -> None:
    """The browser asks for them, so that the chosen file stays chosen."""
    page = page_for(seller)
    page.goto(tab(draft, "gallery"))
    file: FilePayload = {"name": "window.png", "mimeType": "image/png", "buffer": picture().getvalue()}
    page.get_by_label("Picture").set_input_files(file)
    page.get_by_role("button", name="Continue to Publish").click()
    words = page.get_by_label("What it shows")
    expect(words).to_be_focused()
    words.fill("A green window")
    page.get_by_role("button", name="Continue to Publish").click()
    expect(page.get_by_role("heading", name="Ready to publish?")).to_be_visible()
    image = draft.images.get()
    assert image.alt == "A green window"
    page.goto(tab(draft, "gallery"))
    page.get_by_label("What picture 1 shows").fill("A red window")
    page.get_by_role("button", name="Continue to Publish").click()
    expect(page.get_by_role("heading", name="Ready to publish?")).to_be_visible()
    image.refresh_from_db()
    assert image.alt == "A red window"


def test_r_gig_4_milestones_by_mouse(page_for: PageFor, seller: User, draft: Gig) -> None:
    """Dragged by the handle, removed, brought back; a draft is stored at each step."""
    page = page_for(seller)
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(tab(draft))
    first, second, third = names(draft)
    drag(page, from_row=2, to_row=0)
    expect(cards(page)).to_have_text([third, first, second])
    expect(page.locator("#keeping")).to_have_text(SAVED)
    assert names(draft) == [third, first, second]
    page.get_by_role("button", name="Remove milestone 2").click()
    expect(cards(page)).to_have_text([third, second])
    expect(page.get_by_text(f"‘{first}’ removed.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_text([third, first, second])
    assert names(draft) == [third, first, second]
    words(page).fill("Words as they are typed.")
    expect(page.locator("#keeping")).to_have_text(SAVED)
    page.wait_for_function(
        "() => !localStorage.length || !Object.keys(localStorage).some(k => k.startsWith('milepost'))"
    )
    assert Gig.objects.get(pk=draft.pk).description == "Words as they are typed."
    check_page(page, "builder")


def drag(page: Page, *, from_row: int, to_row: int) -> None:
    """Upwards, past one row at a time: while the rows are moving, a quick pointer passes them unseen."""
    grips = page.locator("[data-rows=stages] > .ms > .ms-tools > .grip")
    grips.nth(from_row).hover()
    page.mouse.down()
    for row in reversed(range(to_row, from_row)):
        place = grips.nth(row).bounding_box()
        assert place
        page.mouse.move(place["x"] + 5, place["y"] + place["height"] / 2, steps=6)
        page.mouse.move(place["x"] + 5, place["y"], steps=4)
        page.wait_for_function("() => document.getAnimations().every((one) => one.playState !== 'running')")
    page.mouse.up()


def test_r_gig_4_milestones_by_keyboard_only(page_for: PageFor, seller: User, draft: Gig) -> None:
    """The focus stays with the row that moves, goes into a new row, and to the way back after a removal."""
    page = page_for(seller)
    page.goto(tab(draft))
    first, second, third = names(draft)
    down = page.get_by_role("button", name="Move milestone 1 down")
    down.focus()
    page.keyboard.press("Enter")
    expect(cards(page)).to_have_text([second, first, third])
    expect(page.get_by_role("button", name="Move milestone 2 down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(cards(page)).to_have_text([second, third, first])
    expect(page.get_by_role("button", name="Move milestone 3 up")).to_be_focused()
    page.get_by_role("button", name="Add a milestone").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_stages-3-name")).to_be_focused()
    page.keyboard.type("By hand")
    page.get_by_role("button", name="Remove milestone 1").focus()
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    expect(cards(page)).to_have_text([second, third, first, "By hand"])
    assert names(draft) == [second, third, first, "By hand"]
    assert complaints_of(page) == []


def test_r_gig_4_milestones_without_javascript(
    browser: Browser, live_server: LiveServer, page_for: PageFor, seller: User
) -> None:
    """From the first milestone to the next tab by forms alone; what was removed comes back."""
    gig = make_draft(seller)
    cookies = page_for(seller).context.cookies()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.set_default_timeout(60_000)
    context.add_cookies([{"name": each["name"], "value": each["value"], "url": live_server.url} for each in cookies])
    page = context.new_page()
    page.goto(tab(gig))
    page.get_by_role("button", name="Start from scratch").click()
    page.get_by_label("Name", exact=True).fill("Sketch")
    page.get_by_role("button", name="Add a milestone").click()
    page.locator("#id_stages-1-name").fill("Drawing")
    page.get_by_role("button", name="Remove milestone 1").click()
    expect(cards(page)).to_have_text(["Drawing"])
    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_text(["Sketch", "Drawing"])
    page.get_by_role("button", name="Split evenly").click()
    for number in (0, 1):
        page.locator(f"#id_stages-{number}-days_basic").fill("5")
        page.locator(f"#stage-{number}").evaluate("card => { card.open = true; }")
        page.locator(f"#id_stages-{number}-criteria").fill("It is there")
    page.locator("#editor").get_by_role("button", name="Save and continue").click()
    expect(page).to_have_url(re.compile("/edit/requirements/"))
    context.close()
    assert names(gig) == ["Sketch", "Drawing"]


def test_r_gig_9_days_add_up_as_they_are_typed(page_for: PageFor, seller: User) -> None:
    """Below their package, beside what Pricing says; a milestone that leaves the package takes its days along."""
    gig = make_draft(seller, design=make_design(10_000, 16_000))
    page = page_for(seller)
    page.goto(tab(gig))
    total, left = page.locator("[data-days-sum=basic]"), page.locator("[data-days-left=basic]")
    expect(left).to_have_text("2 days fewer")
    page.locator("#id_stages-0-days_basic").fill("7")
    expect(total).to_have_text("12 days")
    expect(left).to_have_text("As in Pricing")
    page.locator("#id_stages-1-days_basic").fill("6")
    expect(left).to_have_text("1 day more")
    check_page(page, "gig-days")
    page.get_by_role("checkbox", name="Step 2 in Basic").uncheck()
    expect(total).to_have_text("7 days")
    page.get_by_role("button", name="Fit to the price").click()
    expect(page.locator("#id_stages-0-part_basic")).to_have_value("260.00")


def test_the_builder_on_a_phone(page_for: PageFor, seller: User, draft: Gig) -> None:
    """What is left to do comes first; one package of the matrix at a time; nothing sticks out."""
    page = page_for(seller)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(tab(draft))
    todo, form = page.get_by_text("Ready to publish?").bounding_box(), words(page).bounding_box()
    assert todo
    assert form
    assert todo["y"] < form["y"]
    name = page.locator("table.matrix tbody th").first.bounding_box()
    assert name
    assert name["width"] > 250  # the whole line is the milestone's name
    basic, standard = page.locator("#id_stages-0-part_basic"), page.locator("#id_stages-0-part_standard")
    expect(basic).to_be_visible()
    expect(standard).to_be_hidden()
    page.get_by_role("group", name="Package to fill in").get_by_text("Standard").click()
    expect(standard).to_be_visible()
    expect(basic).to_be_hidden()
    page.get_by_role("link", name=re.compile("Standard")).first.click()
    expect(page.locator("#id_stages-0-part_standard")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_r_gig_3_an_expired_session_keeps_what_was_typed(page_for: PageFor, seller: User, draft: Gig) -> None:
    """Typing says so and keeps it; saving leads over the sign-in back to everything that was typed."""
    page = page_for(seller)
    page.goto(tab(draft))
    page.context.clear_cookies(name="sessionid")
    with complaints_expected(page):
        words(page).fill("Typed after the session had ended.")
        expect(page.get_by_text("Sign in in another tab; your text stays here.")).to_be_visible()
        expect(page.locator("#keeping")).to_contain_text("you are signed out")
    page.locator("#editor").get_by_role("button", name="Save and continue").click()
    page.get_by_label("Email").fill(seller.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Everything you typed is here; save it.")).to_be_visible()
    expect(words(page)).to_have_value("Typed after the session had ended.")
    expect(page.locator("#keeping")).to_have_text(SAVED)
    assert Gig.objects.get(pk=draft.pk).description == "Typed after the session had ended."


def test_r_gig_3_signing_in_in_another_tab_is_enough(page_for: PageFor, seller: User, draft: Gig) -> None:
    page = page_for(seller)
    page.goto(tab(draft))
    page.context.clear_cookies(name="sessionid")
    with complaints_expected(page):
        words(page).fill("Typed after the session had ended.")
        expect(page.locator("#keeping")).to_contain_text("you are signed out")
    other = page.context.new_page()
    other.goto("/accounts/login/")
    other.get_by_label("Email").fill(seller.email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url(re.compile(r"/$"))
    other.close()
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#keeping")).to_have_text(SAVED)
    assert Gig.objects.get(pk=draft.pk).description == "Typed after the session had ended."


def test_r_gig_3_a_lost_connection_keeps_what_was_typed(page_for: PageFor, seller: User, draft: Gig) -> None:
    """Said at once, the page stays, and all is saved when the connection is back."""
    page = page_for(seller)
    page.goto(tab(draft))
    with complaints_expected(page):
        page.context.set_offline(True)
        words(page).fill("Typed on a train.")
        expect(page.locator("#keeping")).to_contain_text("No connection.")
        page.locator("#editor").get_by_role("button", name="Save and continue").click()
        expect(words(page)).to_have_value("Typed on a train.")
        page.context.set_offline(False)
        expect(page.locator("#keeping")).to_have_text(SAVED)
    assert Gig.objects.get(pk=draft.pk).description == "Typed on a train."


def test_r_gig_3_what_a_live_gigs_seller_typed_is_offered_again(page_for: PageFor, seller: User) -> None:
    """Not published before it is saved, and not lost: brought back, or thrown away."""
    gig = make_gig(seller)
    page = page_for(seller)
    page.goto(tab(gig))
    before = words(page).input_value()
    words(page).fill("Better words.")
    expect(page.locator("#keeping")).to_contain_text("Not published yet")
    page.get_by_role("button", name="Add a question").click()
    page.get_by_label("Question", exact=True).last.fill("How soon?")
    page.reload()
    expect(words(page)).to_have_value(before)
    expect(page.get_by_text("You typed something here that isn’t saved")).to_be_visible()
    page.get_by_role("button", name="Bring it back").click()
    expect(words(page)).to_have_value("Better words.")
    expect(page.get_by_label("Question", exact=True).last).to_have_value("How soon?")
    assert Gig.objects.get(pk=gig.pk).description == before
    page.reload()
    check_page(page, "builder-bring-back")
    page.get_by_role("button", name="Throw it away").click()
    page.reload()
    expect(page.get_by_text("You typed something here that isn’t saved")).to_be_hidden()
    expect(words(page)).to_have_value(before)
    assert complaints_of(page) == []


def test_r_gig_3_what_was_saved_is_not_offered_again(page_for: PageFor, seller: User) -> None:
    gig = make_gig(seller)
    page = page_for(seller)
    page.goto(tab(gig))
    words(page).fill("Better words.")
    page.locator("#editor").get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile("/requirements/$"))
    save_description(gig=gig, seller=seller, description="Newer.", faq=[], design=NO_MILESTONES, now=clock.now())
    page.goto(tab(gig))
    expect(words(page)).to_have_value("Newer.")


def test_r_gig_3_the_second_window_is_warned(page_for: PageFor, seller: User, draft: Gig) -> None:
    """Both ways on: by the autosave's warning and by the button's; nothing is overwritten in silence."""
    one, two = page_for(seller), page_for(seller)
    one.goto(tab(draft))
    two.goto(tab(draft))
    words(one).fill("From the first window.")
    expect(one.locator("#keeping")).to_have_text(SAVED)
    with complaints_expected(two):
        words(two).fill("From the second window.")
        expect(two.get_by_role("alert")).to_contain_text("Changed in another window.")
    assert Gig.objects.get(pk=draft.pk).description == "From the first window."
    expect(words(two)).to_have_value("From the second window.")
    check_page(two, "builder-two-windows")
    two.get_by_role("button", name="Save mine over it").click()
    two.wait_for_url(re.compile("/edit/"))
    expect(two.get_by_role("alert").filter(has_text="Changed in another window.")).to_be_hidden()
    assert Gig.objects.get(pk=draft.pk).description == "From the second window."
    with complaints_expected(one):
        words(one).fill("Again from the first.")
        one.locator("#editor").get_by_role("button", name="Save and continue").click()
        one.get_by_role("link", name="Show the saved version").click()
    expect(words(one)).to_have_value("From the second window.")
