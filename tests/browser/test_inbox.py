"""The inbox as two people use it: live, by keyboard, on a phone, and without JavaScript (R-OFR-1)."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from inbox.models import Conversation, Message
from tests.browser.conftest import PageFor
from tests.browser.look import check_page, complaints_expected, complaints_of
from tests.factories.inbox import fill, make_answer, make_conversation, picture_file, say, text_file


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


def write(page: Page, words: str) -> None:
    page.get_by_label("Message", exact=True).fill(words)
    page.get_by_role("button", name="Send").click()


def tick(page: Page, seconds: int) -> None:
    """Let the page's own clock run on, so that it looks for news, and wait for the answer if it does."""
    page.clock.run_for(seconds * 1000)
    expect(page.locator("#poller.htmx-request")).to_have_count(0)


def test_r_ofr_1_two_people_talk_without_reloading(
    page_for: PageFor, conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, buyer, "Do you have time in May?")
    ours, theirs = page_for(buyer), page_for(seller)
    for page in (ours, theirs):
        page.clock.install()
        page.goto(conversation.get_absolute_url())
    theirs.get_by_label("Message", exact=True).fill("**Yes**, from the 4th: https://example.com/plan")
    write(ours, "Four weeks?")
    expect(ours.locator("#thread")).to_contain_text("Four weeks?")
    expect(ours.get_by_label("Message", exact=True)).to_have_value("")
    tick(theirs, 5)
    expect(theirs.locator("#thread")).to_contain_text("Four weeks?")
    expect(theirs.get_by_role("log")).to_contain_text("Bruno: Four weeks?")
    expect(theirs.get_by_label("Message", exact=True)).to_be_focused()
    theirs.keyboard.press("Control+Enter")
    expect(theirs.locator("#thread strong")).to_have_text("Yes")
    tick(ours, 5)
    expect(ours.locator("#thread strong")).to_have_text("Yes")
    link = ours.get_by_role("link", name="https://example.com/plan", exact=True)  # not the line in the list
    expect(link).to_have_attribute("rel", "nofollow ugc noopener")
    assert complaints_of(ours) + complaints_of(theirs) == []


def test_r_ofr_1_idle_costs_a_304_and_ever_fewer_of_them(
    page_for: PageFor, conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, buyer, "Hello")
    page = page_for(seller)
    asked: list[int] = []
    page.on("response", lambda answer: asked.append(answer.status) if "/news/" in answer.url else None)
    page.clock.install()
    page.goto(conversation.get_absolute_url())
    for _ in range(12):
        tick(page, 5)
    assert set(asked) == {304}
    assert 3 <= len(asked) <= 9  # every four seconds would be at least twelve


def test_r_ofr_1_nobody_who_reads_above_is_moved(
    page_for: PageFor, conversation: Conversation, buyer: User, seller: User, now: datetime
) -> None:
    fill(conversation, buyer, 70, now=now)
    page = page_for(seller)
    page.clock.install()
    page.goto(conversation.get_absolute_url())
    page.evaluate("scrollTo(0, 400)")
    before = page.evaluate("scrollY")
    say(conversation, buyer, "Something new")
    tick(page, 5)
    fresh = page.get_by_role("button", name="New messages")
    expect(fresh).to_be_visible()
    assert page.evaluate("scrollY") == before
    fresh.click()
    expect(page.locator("#thread").get_by_text("Something new")).to_be_in_viewport()
    expect(fresh).to_be_hidden()
    page.evaluate("scrollTo(0, 0)")
    top = page.locator("#m11")
    place = top.bounding_box()
    page.get_by_role("link", name="Earlier messages").click()
    expect(page.locator("#m1")).to_be_attached()
    after = top.bounding_box()
    assert place
    assert after
    assert abs(place["y"] - after["y"]) < 60
    assert complaints_of(page) == []


def test_r_ofr_1_files_are_chosen_dropped_and_taken_out(
    page_for: PageFor, conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, seller, "Send me a picture")
    page = page_for(buyer)
    page.goto(conversation.get_absolute_url())
    picture = FilePayload(name="grinder.jpg", mimeType="image/jpeg", buffer=picture_file().read())
    notes = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"Steel")
    field = page.get_by_label("Add files")
    field.set_input_files([picture])
    field.set_input_files([notes, FilePayload(name="no.txt", mimeType="text/plain", buffer=b"x")])
    chosen = page.get_by_role("list", name="Files to send")
    expect(chosen.get_by_role("listitem")).to_have_count(3)
    chosen.get_by_role("button", name="Remove no.txt").click()
    page.evaluate(
        """() => { const data = new DataTransfer(); data.items.add(new File(["x"], "dropped.txt"));
        document.querySelector(".conv").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true})); }"""
    )
    expect(chosen.get_by_role("listitem")).to_have_count(3)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("img", name="Download grinder.jpg")).to_be_visible()
    expect(page.locator("#thread")).to_contain_text("dropped.txt")
    assert sorted(file.name for file in Message.objects.latest("pk").attachments.all()) == [
        "dropped.txt",
        "grinder.jpg",
        "notes.txt",
    ]
    assert complaints_of(page) == []


def test_r_ofr_1_a_refused_file_keeps_the_words_and_the_other_files(
    page_for: PageFor, conversation: Conversation, buyer: User
) -> None:
    page = page_for(buyer)
    page.goto(conversation.get_absolute_url())
    page.get_by_label("Add files").set_input_files(
        [FilePayload(name=name, mimeType="text/plain", buffer=data) for name, data in (("a.txt", b"x"), ("b.txt", b""))]
    )
    with complaints_expected(page):
        write(page, "Look at this")
        expect(page.get_by_text("“b.txt” is empty")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Look at this")
    page.get_by_role("button", name="Remove b.txt").click()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#thread")).to_contain_text("a.txt")
    assert complaints_of(page) == []


def test_r_ofr_1_a_quick_answer_is_put_in_and_looked_at_before_it_is_sent(
    page_for: PageFor, conversation: Conversation, buyer: User, seller: User
) -> None:
    make_answer(seller, "Thanks", "**Thank you**, {name}!")
    say(conversation, buyer, "Hello")
    page = page_for(seller)
    page.goto(conversation.get_absolute_url())
    page.get_by_label("Message", exact=True).fill("Hello.")
    page.get_by_text("Quick answers").last.click()
    page.get_by_role("button", name="Insert").click()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Hello.\n\n**Thank you**, Bruno!")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview strong")).to_have_text("Thank you")
    assert Message.objects.count() == 1
    assert complaints_of(page) == []


def test_r_ofr_1_the_inbox_looks_right_everywhere(
    page_for: PageFor, conversation: Conversation, buyer: User, seller: User
) -> None:
    make_answer(seller)
    say(conversation, buyer, "Hello **there**\n\n- one\n- two\n\n> said", files=[picture_file(), text_file()])
    say(conversation, seller, "A `walnut` handle, then. " * 6)
    page = page_for(seller)
    for address, name in (
        ("/inbox/", "inbox"),
        (conversation.get_absolute_url(), "inbox-conversation"),
        ("/inbox/?q=wallnut", "inbox-search"),
        ("/inbox/?q=nowhere", "inbox-nothing"),
        ("/inbox/answers/", "inbox-answers"),
        (f"{conversation.get_absolute_url()}block/", "inbox-block"),
        (f"{conversation.get_absolute_url()}report/", "inbox-report"),
    ):
        page.goto(address)
        check_page(page, name)
    page.goto(f"{conversation.get_absolute_url()}block/")
    page.get_by_role("button", name="Block Bruno").click()
    check_page(page, "inbox-blocking")
    page.goto("/inbox/blocked/")
    check_page(page, "inbox-blocked")
    ours = page_for(buyer)
    ours.goto(conversation.get_absolute_url())
    check_page(ours, "inbox-closed")


def test_r_ofr_1_everything_works_without_javascript(
    browser: Browser, live_server: LiveServer, page_for: PageFor, conversation: Conversation, buyer: User, seller: User
) -> None:
    make_answer(seller)
    say(conversation, buyer, "A walnut handle")
    cookies = page_for(seller).context.cookies()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/inbox/")
    page.get_by_role("searchbox").fill("wallnut")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("A walnut handle")).click()
    page.get_by_text("Quick answers").last.click()
    page.get_by_role("button", name="Insert").click()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Thank you, Bruno!")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#thread")).to_contain_text("Thank you, Bruno!")
    page.get_by_label("More about this conversation").click()
    page.get_by_role("link", name="Block Bruno").click()
    page.get_by_role("button", name="Block Bruno").click()
    page.get_by_role("button", name="Unblock Bruno").click()
    write(page, "There you are again")
    expect(page.locator("#thread")).to_contain_text("There you are again")
    context.close()
